#pragma once

#include "server/base/fault.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

/// The result of a service's coroutine: a value, or the fault for the caller.
template <class T>
using Async = boost::asio::awaitable<Outcome<T>>;

}  // namespace sponsio::service

#pragma once

#include "server/base/fault.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

/// What a service's coroutine gives: a value, or the fault that the caller is told.
template <class T>
using Async = boost::asio::awaitable<Outcome<T>>;

}  // namespace sponsio::service

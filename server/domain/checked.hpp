#pragma once

#include "server/base/fault.hpp"

/// A value made from text, or the one reason against it. The caller knows the field and reports it.
namespace sponsio {

template <class T>
using Checked = boost::system::result<T, Reason const*>;

/// Found by ADL when a Checked without a value is asked for one, which is a bug of the caller.
[[noreturn]] inline void throw_exception_from_error(Reason const* why, boost::source_location const&) {
    throw FaultError(bad_field("", *why));
}

}  // namespace sponsio

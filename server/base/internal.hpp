#pragma once

#include "server/base/fault.hpp"

#include <string>
#include <utility>

namespace sponsio {

/// What must not happen and did: something stored is missing, or is not what this program writes. `cause`
/// says what, for the log.
[[nodiscard]] inline Fault internal(std::string cause) {
    return Fault{.problem = &problem::internal, .cause = std::move(cause)};
}

}  // namespace sponsio

#pragma once

#include "server/base/fault.hpp"

#include <optional>
#include <string_view>

namespace sponsio::app {

/// What people read for a word of a closed list; nothing if nobody has written it down yet.
std::optional<Bilingual> label_of(std::string_view list, std::string_view word);

}  // namespace sponsio::app

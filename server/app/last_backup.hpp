#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <filesystem>
#include <optional>

namespace sponsio::app {

/// When `sponsio backup` last ended well for this state directory; nothing if it never did, or left no note.
std::optional<Instant> last_backup(std::filesystem::path const& state);
Outcome<void> note_backup(std::filesystem::path const& state, Instant when);

}  // namespace sponsio::app

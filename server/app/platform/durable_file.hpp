#pragma once

#include "server/base/fault.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::app::platform {

/// For this user only (mode 0700), also on disk when it returns.
Outcome<void> make_private_directory(std::filesystem::path const& directory);
Outcome<std::string> read_whole(std::filesystem::path const& file);
/// The file is there whole and on disk when this returns, or not there at all: written as `file` +
/// `unfinished`, flushed, renamed, and the directory flushed.
Outcome<void> write_durably(std::filesystem::path const& file, std::string_view bytes,
                            std::string_view unfinished);

/// Nothing if another process holds it. The lock goes with the process, however it ends.
Outcome<std::optional<int>> lock_file(std::filesystem::path const& file);
void unlock_file(int descriptor) noexcept;

}  // namespace sponsio::app::platform

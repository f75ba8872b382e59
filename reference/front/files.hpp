#pragma once

#include "crypto/durable_file.hpp"
#include "server/base/fault.hpp"

#include <filesystem>
#include <string>

/// Files of the servers beside ours. Every refusal is a sentence for the operator.
namespace sponsio::front {

/// The whole file; problem::unavailable.
Outcome<std::string> read_file(std::filesystem::path const& file);

/// What reading or writing a private file came to; problem::unavailable.
Fault unusable(std::filesystem::path const& file, Error const& error);

/// For this user only (mode 0700), with those above it; also on disk when it returns.
Outcome<void> make_private_directory(std::filesystem::path const& directory);

/// The directory to oneself as long as the lock lives, made if need be: two processes on one directory would
/// not know what the other does. `who` is what runs on it, in English and Chinese.
Outcome<crypto::FileLock> claim(std::filesystem::path const& directory, std::string const& who_en,
                                std::string const& who_zh);

}  // namespace sponsio::front

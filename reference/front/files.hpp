#pragma once

#include "crypto/durable_file.hpp"
#include "server/base/fault.hpp"

#include <filesystem>
#include <string>

/// Files of the reference programs. Every refusal is a sentence for the operator.
namespace sponsio::front {

/// Reads the whole file. Fault: problem::unavailable.
Outcome<std::string> read_file(std::filesystem::path const& file);

/// The fault for a private file that cannot be read or written: problem::unavailable.
Fault unusable(std::filesystem::path const& file, Error const& error);

/// Makes the directory and those above it, for this user only (mode 0700); durable when it returns.
Outcome<void> make_private_directory(std::filesystem::path const& directory);

/// Locks the directory as long as the lock lives, and makes it if need be: two processes on one directory
/// would overwrite each other's state. `who_en` and `who_zh` name the program that runs on it.
Outcome<crypto::FileLock> claim(std::filesystem::path const& directory, std::string const& who_en,
                                std::string const& who_zh);

}  // namespace sponsio::front

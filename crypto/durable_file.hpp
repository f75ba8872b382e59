#pragma once

#include "text/result.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Small private files that are either whole or absent after a crash: keys, and what unlocks them.
namespace sponsio::crypto {

/// The words of file errors, in Error::code; Error::where names the file.
namespace file_error {
inline constexpr std::string_view missing = "no_key_store";               ///< no such file
inline constexpr std::string_view permissions = "key_store_permissions";  ///< others may read or write it
inline constexpr std::string_view io = "key_store_io";
inline constexpr std::string_view damaged = "damaged_key_store";  ///< altered or cut short
}  // namespace file_error

/// Errors have the words of file_error; `missing` when there is no such file, `permissions` when others than
/// the owner may read or write it.
Result<std::string> read_private_file(std::filesystem::path const& path);

/// Replaces the file by one of mode 0600; durable when it returns. After a crash the file has
/// the old text or the new one.
Result<void> write_private_file(std::filesystem::path const& path, std::string_view text);

/// The same; what the old file held is overwritten first where it lies, so that no remnant of it stays on a
/// disk that writes in place. (A disk that does not, an SSD or a copying file system, has to be encrypted
/// itself.)
Result<void> rewrite_private_file(std::filesystem::path const& path, std::string_view text);

/// Makes the names of new and renamed files in a directory durable (fsync).
Result<void> sync_directory(std::filesystem::path const& directory);

/// Locks an open file exclusively (flock(2)). False, with errno, if it cannot: EWOULDBLOCK when another
/// holder had it all the time, which may be a process that was suspended and would be waited for without end.
bool lock_file(int descriptor, std::chrono::milliseconds patience);

/// Holds an exclusive lock between processes, and between descriptors of one process, as long as it lives.
class FileLock {
  public:
    static constexpr std::chrono::seconds patience{30};
    static Result<FileLock> acquire(std::filesystem::path const& path);  ///< waits as long as `patience`
    /// Returns nothing if another holder has the lock.
    static Result<std::optional<FileLock>> try_acquire(std::filesystem::path const& path);

    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int descriptor) noexcept : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace sponsio::crypto

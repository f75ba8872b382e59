#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "text/json.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// A backup as it lies on a disk: a directory of files, and the manifest that names each with its digest.
/// What has no manifest is no backup.
namespace sponsio::app {

struct BackupFile {
    std::string path;  ///< below the directory
    std::uint64_t size = 0;
    std::string sha256;  ///< hex
};

struct BackupManifest {
    std::string version;  ///< of the program
    std::string made_at;  ///< RFC 3339
    json::Array heads;    ///< of the log, in the very state of the database that was dumped
    std::vector<BackupFile> files;

    [[nodiscard]] std::string text() const;
    /// Fault: a sentence if it is not there, not whole, or of another format.
    static Outcome<BackupManifest> read(std::filesystem::path const& directory);
};

inline constexpr char const* manifest_name = "manifest.json";
inline constexpr char const* dump_name = "database.dump";

/// Size and digest of a file below `directory`.
Outcome<BackupFile> describe(std::filesystem::path const& directory, std::string const& path);
/// Whether every file of the manifest is there as it was written.
Outcome<void> verify(std::filesystem::path const& directory, BackupManifest const& manifest);

/// Copies a file to a new one of mode 0600, durably.
Outcome<void> copy_private(std::filesystem::path const& from, std::filesystem::path const& to);
/// The files of a key directory but its locks and the sealing keys, the manifest first: what it names was
/// there before it.
std::vector<std::string> key_files(std::filesystem::path const& keys);

/// Where the one copy of the sealing keys lies for all backups of a store in one folder: beside them, by a
/// name that only this store has. Each backup writes it anew, so that a destroyed key is in none of them.
/// `keys` is a key directory of the store, or one in a backup. Fault: its manifest cannot be read.
Outcome<std::filesystem::path> sealing_copy(std::filesystem::path const& folder,
                                            std::filesystem::path const& keys);
/// Whether the manifest there has the sealing keys itself, as those of earlier versions have.
bool has_sealing_keys_within(std::filesystem::path const& keys);

}  // namespace sponsio::app

#pragma once

#include "crypto/durable_file.hpp"
#include "server/domain/batch.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sponsio::platform {

/// The platform's copy of an accepted record.
struct Copy {
    std::string sender;
    std::string record_id;
    std::string batch_no;
    std::string record_no;
    std::string commitment_code;
    Instant received_at;
    crypto::Digest digest_sm3{};  ///< of the line
};

/// The verdict on a line when it first arrived.
struct Judged {
    crypto::Digest digest_sm3{};
    domain::RecordVerdict verdict;
};

/// A batch together with its answer, as it is kept.
struct KeptBatch {
    domain::BatchBytes bytes;
    Instant received_at;
    std::string answer;  ///< byte for byte as it was given, and will be given again
};

/// The received batches of a platform, one file each. A file is written under another name, synced and
/// renamed, and its directory entry is synced, so that a batch is stored as a whole or not at all, and is
/// never changed. The index is rebuilt at each start. Not thread-safe.
class Archive {
  public:
    /// Makes the directory if need be. Refused with a sentence: another platform runs on it, a damaged file.
    static Outcome<std::unique_ptr<Archive>> open(std::filesystem::path const& directory);

    /// The batch of that number; nothing if it never came.
    [[nodiscard]] Outcome<std::optional<KeptBatch>> find(std::string const& batch_no) const;
    /// Durable when it returns. Refused with problem::unavailable if it cannot be
    /// written; nothing changes then.
    Outcome<void> keep(KeptBatch const& batch);

    [[nodiscard]] Judged const* judged(std::string const& sender, std::string const& record_no) const;
    /// The present copy of a record; null if there is none.
    [[nodiscard]] Copy const* copy(std::string const& sender, std::string const& record_id) const;

    struct Place {
        std::uint64_t position;
        Copy const* copy;
    };

    /// The copies after `position`, in order of arrival.
    [[nodiscard]] std::vector<Place> copies_after(std::uint64_t position,
                                                  std::optional<std::string> const& commitment_code,
                                                  std::size_t limit) const;

    [[nodiscard]] std::size_t batches() const noexcept { return files_.size(); }

  private:
    using Key = std::pair<std::string, std::string>;

    Archive(std::filesystem::path directory, crypto::FileLock lock)
        : directory_(std::move(directory)), lock_(std::move(lock)) {}

    Outcome<void> read_all();
    Outcome<void> index(KeptBatch const& batch);
    void apply(domain::Json const& line, Copy copy);

    std::filesystem::path directory_;
    crypto::FileLock lock_;
    std::uint64_t next_ = 1;  ///< number of the next file
    std::map<std::string, std::filesystem::path, std::less<>> files_;
    std::map<Key, Judged> judged_;
    std::map<Key, std::uint64_t> position_of_;
    std::map<std::uint64_t, Copy> copies_;
    std::uint64_t last_position_ = 0;
};

}  // namespace sponsio::platform

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

/// What the platform holds of an accepted record.
struct Copy {
    std::string sender;
    std::string record_id;
    std::string batch_no;
    std::string record_no;
    std::string commitment_code;
    Instant received_at;
    crypto::Digest digest_sm3{};  ///< of the line
};

/// What was said of a line when it came first.
struct Judged {
    crypto::Digest digest_sm3{};
    domain::RecordVerdict verdict;
};

/// A batch together with the answer it got, as it is kept.
struct KeptBatch {
    domain::BatchBytes bytes;
    Instant received_at;
    std::string answer;  ///< byte for byte as it was given, and will be given again
};

/// The received batches of a platform: one file each, written beside and renamed into place after it and
/// before its directory entry are on disk, so that a batch is there whole or not at all, and never changed.
/// The index over them is made anew at each start. Not for several threads at once.
class Archive {
  public:
    /// Makes the directory if need be. Refused with a sentence: another platform runs on it, a file is
    /// damaged.
    static Outcome<std::unique_ptr<Archive>> open(std::filesystem::path const& directory);

    /// The batch of that number; nothing if it never came.
    [[nodiscard]] Outcome<std::optional<KeptBatch>> find(std::string const& batch_no) const;
    /// Durable when it returns. Refused with problem::unavailable if the disk will not have it; then nothing
    /// has changed.
    Outcome<void> keep(KeptBatch const& batch);

    [[nodiscard]] Judged const* judged(std::string const& sender, std::string const& record_no) const;
    /// What is held of a record just now.
    [[nodiscard]] Copy const* copy(std::string const& sender, std::string const& record_id) const;

    struct Place {
        std::uint64_t position;
        Copy const* copy;
    };

    /// Copies after `position`, in the order they came.
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

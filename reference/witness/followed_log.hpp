#pragma once

#include "crypto/log/witness.hpp"
#include "crypto/slot_file.hpp"
#include "server/base/fault.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::witness {

/// The last checkpoint of one log that the witness cosigned, in a small durable file: a witness that forgot
/// it could cosign a fork. For several threads.
class FollowedLog {
  public:
    /// DIR/<SHA-256 of the origin>.head. Refused with a sentence if the file is damaged or of another log,
    /// and if it is a copy, unless `moved`: then the operator says that it is the last state of a witness
    /// that has stopped for good.
    static Outcome<std::unique_ptr<FollowedLog>> open(std::filesystem::path const& directory,
                                                      std::string_view origin, bool moved);

    struct Answer {
        std::optional<std::uint64_t> other_size{};  ///< the size that it should have gone on from
        std::string lines{};                        ///< else: signature lines
    };

    /// The signature on the text of a note.
    using Cosign = std::function<Outcome<crypto::NoteSignature>(std::string const& text)>;

    /// One at a time: checks that the log only grew, makes the checkpoint durable, has it cosigned, and
    /// keeps that too. Fault: malformed; invalid if it may be a fork; too_large; unavailable if it cannot be
    /// kept.
    Outcome<Answer> add(crypto::AddCheckpoint const& request, crypto::SignedCheckpoint checkpoint,
                        Cosign const& cosign);

    /// The last checkpoint that was cosigned, with the cosignature; nothing if there is none yet.
    [[nodiscard]] std::optional<std::string> cosigned() const;

  private:
    FollowedLog(std::filesystem::path const& file, std::string_view origin);
    Outcome<void> load(bool moved);
    Outcome<void> keep(std::string word, std::string_view note);
    [[nodiscard]] Fault damaged() const;
    [[nodiscard]] Fault copied() const;

    std::string origin_;
    mutable std::mutex mutex_;
    crypto::SlotFile file_;
    std::optional<crypto::Checkpoint> last_;
    std::optional<std::string> cosigned_;
};

}  // namespace sponsio::witness

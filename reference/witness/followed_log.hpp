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

/// The last cosigned checkpoint of one log, in a small durable file: a witness that forgot it could cosign a
/// fork. May be used from several threads.
class FollowedLog {
  public:
    /// Opens DIR/<SHA-256 of the origin>.head. Refused with a sentence if the file is damaged or of another
    /// log. A copy is refused too, unless `moved`: the operator then vouches that it is the last state of a
    /// witness that has stopped for good.
    static Outcome<std::unique_ptr<FollowedLog>> open(std::filesystem::path const& directory,
                                                      std::string_view origin, bool moved);

    struct Answer {
        std::optional<std::uint64_t> other_size{};  ///< the size that it should have gone on from
        std::string lines{};                        ///< else: signature lines
    };

    /// A function that signs the text of a note.
    using Cosign = std::function<Outcome<crypto::NoteSignature>(std::string const& text)>;

    /// Checks that the log only grew, makes the checkpoint durable, has it cosigned, and stores the
    /// cosignature. Calls are serialised. Fault: malformed; invalid if it may be a fork; too_large;
    /// unavailable if it cannot be stored.
    Outcome<Answer> add(crypto::AddCheckpoint const& request, crypto::SignedCheckpoint checkpoint,
                        Cosign const& cosign);

    /// The last cosigned checkpoint with the cosignature; nothing if there is none yet.
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

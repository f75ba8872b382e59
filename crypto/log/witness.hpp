#pragma once

#include "crypto/log/checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a log asks of a witness, and what a witness looks at before it cosigns (C2SP tlog-witness).
namespace sponsio::crypto {

/// The words of refusals, in Error::code, each with the status of its answer.
namespace witness_error {
inline constexpr std::string_view malformed = "malformed_request";    ///< 400
inline constexpr std::string_view unknown_log = "unknown_log";        ///< 404
inline constexpr std::string_view not_signed = "not_signed";          ///< 403
inline constexpr std::string_view shrinks = "shrinks";                ///< 400: older than its own old size
inline constexpr std::string_view other_size = "other_size";          ///< 409: not from where the witness is
inline constexpr std::string_view not_consistent = "not_consistent";  ///< 422: perhaps a fork
}  // namespace witness_error

/// The body of add-checkpoint: a new checkpoint, and why the log only grew since the one before.
struct AddCheckpoint {
    std::uint64_t old_size = 0;
    std::vector<Digest> proof = {};  ///< RFC 6962 §2.1.2, at most 63 hashes
    std::string checkpoint = {};     ///< the signed note, as it came

    [[nodiscard]] std::string text() const;
    /// Does not look into the checkpoint. What is taken has the same text.
    static Result<AddCheckpoint> parse(std::string_view text);

    bool operator==(AddCheckpoint const&) const = default;
};

/// A checkpoint of a log that the witness follows.
struct SignedCheckpoint {
    Checkpoint head;
    Note note;  ///< with the good signatures of known keys of the log and no others
};

/// Whether one of these keys of logs, each named like its log's origin, signed the checkpoint.
Result<SignedCheckpoint> open_for_witness(std::string_view checkpoint, std::span<NoteVerifier const> logs);

/// Whether a witness that cosigned `last` of this log (nothing: none yet) may cosign the new head.
Result<void> check_growth(std::optional<Checkpoint> const& last, AddCheckpoint const& request,
                          Checkpoint const& head);

}  // namespace sponsio::crypto

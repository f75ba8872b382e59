#pragma once

#include "crypto/log/checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A log's request to a witness, and the witness's checks before it cosigns (C2SP tlog-witness).
namespace sponsio::crypto {

/// The codes of refusals, in Error::code, each with the HTTP status of its answer.
namespace witness_error {
inline constexpr std::string_view malformed = "malformed_request";    ///< 400
inline constexpr std::string_view unknown_log = "unknown_log";        ///< 404
inline constexpr std::string_view not_signed = "not_signed";          ///< 403
inline constexpr std::string_view shrinks = "shrinks";                ///< 400: older than its own old size
inline constexpr std::string_view other_size = "other_size";          ///< 409: not from where the witness is
inline constexpr std::string_view not_consistent = "not_consistent";  ///< 422: perhaps a fork
}  // namespace witness_error

/// The body of add-checkpoint: a new checkpoint, and the proof that it extends the one before.
struct AddCheckpoint {
    std::uint64_t old_size = 0;
    std::vector<Digest> proof = {};  ///< RFC 6962 §2.1.2, at most 63 hashes
    std::string checkpoint = {};     ///< the signed note, as it came

    [[nodiscard]] std::string text() const;
    /// Does not look into the checkpoint. A body that parses serialises to the same text.
    static Result<AddCheckpoint> parse(std::string_view text);

    bool operator==(AddCheckpoint const&) const = default;
};

/// A checkpoint of a log that the witness follows.
struct SignedCheckpoint {
    Checkpoint head;
    Note note;  ///< with the good signatures of known keys of the log and no others
};

/// Checks that one of these log keys, each named like its log's origin, signed the checkpoint.
Result<SignedCheckpoint> open_for_witness(std::string_view checkpoint, std::span<NoteVerifier const> logs);

/// Checks that a witness that cosigned `last` (nothing: no checkpoint yet) may cosign the new head.
Result<void> check_growth(std::optional<Checkpoint> const& last, AddCheckpoint const& request,
                          Checkpoint const& head);

}  // namespace sponsio::crypto

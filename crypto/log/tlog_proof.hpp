#pragma once

#include "crypto/log/checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Proofs that an entry is in a log, verified offline (C2SP tlog-proof).
namespace sponsio::crypto {

/// The words of proof errors, in Error::code; those of checkpoint_error and note_error come from
/// verify_tlog_proof too.
namespace proof_error {
inline constexpr std::string_view malformed = "malformed_proof";
inline constexpr std::string_view not_included =
    "not_included";  ///< does not lead from the entry to the root
}  // namespace proof_error

struct TlogProof {
    std::optional<Bytes> extra = {};  ///< signed by nobody; not empty
    std::uint64_t index = 0;
    std::vector<Digest> hashes = {};  ///< from the leaf's sibling up, at most 64
    std::string checkpoint = {};      ///< the signed note, as it came

    [[nodiscard]] std::string text() const;
    /// Does not look into the checkpoint. A proof that parses serialises to the same text.
    static Result<TlogProof> parse(std::string_view text);

    bool operator==(TlogProof const&) const = default;
};

/// Verifies that the log of this key has the entry at the proof's index. Returns the checkpoint over it.
Result<Checkpoint> verify_tlog_proof(TlogProof const& proof, ByteView entry, NoteVerifier const& log,
                                     WitnessPolicy const& policy = {});

}  // namespace sponsio::crypto

#pragma once

#include "crypto/digest.hpp"
#include "crypto/log/note.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Signed heads of a log (C2SP tlog-checkpoint).
namespace sponsio::crypto {

/// The words of checkpoint errors, in Error::code; those of note_error come from open_checkpoint too.
namespace checkpoint_error {
inline constexpr std::string_view malformed = "malformed_checkpoint";
inline constexpr std::string_view wrong_origin = "wrong_origin";  ///< of another log than the key is for
inline constexpr std::string_view no_quorum = "no_quorum";        ///< too few witnesses have cosigned
}  // namespace checkpoint_error

/// The text of a checkpoint: the head of the log `origin` at `size` leaves.
struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Digest root{};
    std::vector<std::string> extensions = {};  ///< further lines, none of them empty

    /// Throws Failure when the origin or an extension is empty or has more than one line.
    [[nodiscard]] std::string text() const;
    /// Accepts exactly the texts that text() writes.
    static Result<Checkpoint> parse(std::string_view note_text);

    bool operator==(Checkpoint const&) const = default;
};

/// The witnesses whose cosignatures count, and how many are required. One witness counts once.
struct WitnessPolicy {
    std::vector<NoteVerifier> witnesses = {};
    std::size_t quorum = 0;
};

/// A checkpoint whose origin is the name of the log's key, signed by that key and by a quorum of witnesses. A
/// wrong signature under the name and id of any of these keys refuses it.
Result<Checkpoint> open_checkpoint(std::string_view signed_note, NoteVerifier const& log,
                                   WitnessPolicy const& policy = {});

}  // namespace sponsio::crypto

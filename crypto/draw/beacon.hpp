#pragma once

#include "crypto/draw/statement.hpp"
#include "crypto/log/note.hpp"

#include <string>
#include <string_view>

/// A public beacon: somebody outside who signs a value for each round (docs/draw.md), so that neither the
/// server nor whoever enters the value can have made it up.
namespace sponsio::crypto::draw {

/// What the operator of a beacon signs, as the text of a signed note (C2SP signed-note, Ed25519) whose key is
/// named like the source: five lines, the first of them "sponsio-beacon/v1".
struct BeaconValue {
    Beacon beacon;
    std::string value;  ///< lower-case hexadecimal, 2 to 256 digits, an even number of them
    std::string time;   ///< when it was made: RFC 3339 in UTC

    [[nodiscard]] std::string text() const;
    bool operator==(BeaconValue const&) const = default;
};

/// The value in a note of that key. Error: bad_public_input, for a note of another form or another key's.
Result<BeaconValue> read_beacon(std::string_view note, NoteVerifier const& key);

/// Checks that the statement's beacon key signed the value of the promised round after the draw was committed
/// to, and that it is the one that was drawn with. A statement without a key promises no signed value.
/// Errors: bad_public_input, note_error::bad_verifier_key.
Result<void> check_beacon(Statement const& said, Plan const& plan);

}  // namespace sponsio::crypto::draw

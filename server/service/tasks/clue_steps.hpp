#pragma once

#include "server/service/tasks/oversight_steps.hpp"

#include <string>

namespace sponsio::service {

enum class ClueSource { clue, complaint, data_alert };

constexpr auto words_of(ClueSource) {
    using enum ClueSource;
    return std::to_array<domain::Word<ClueSource>>(
        {{clue, "clue"}, {complaint, "complaint"}, {data_alert, "data_alert"}});
}

/// The reason to verify a commitment that neither a deadline nor a draw brings up.
struct Clue {
    std::string commitment_code;
    ClueSource source;
    std::string why;

    static Clue read(domain::Fields& fields);
};

/// Makes a task for a commitment of any mode, even an exempt one, that the caller's unit verifies. Refused
/// while it has another open task, and after the commitment's end.
Outcome<store::TaskRow> open_on_clue(db::PgSession& db, OversightParts const& parts,
                                     domain::Official const& who, Clue const& clue, Instant now);

}  // namespace sponsio::service

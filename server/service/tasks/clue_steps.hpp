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

/// Why somebody looks at a commitment that no deadline and no draw brings up.
struct Clue {
    std::string commitment_code;
    ClueSource source;
    std::string why;

    static Clue read(domain::Fields& fields);
};

/// Makes a task for a commitment of any mode, exempt ones too, which the caller's unit verifies. Refused
/// while another task of it is open, and where the commitment has come to its end.
Outcome<store::TaskRow> open_on_clue(db::PgSession& db, OversightParts const& parts,
                                     domain::Official const& who, Clue const& clue, Instant now);

}  // namespace sponsio::service

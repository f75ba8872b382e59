#pragma once

#include "server/db/tx.hpp"
#include "server/service/unit/caller.hpp"

#include <string>
#include <vector>

namespace sponsio::service {

/// What somebody was shown about persons.
struct Shown {
    domain::Purpose purpose;
    std::vector<std::string> commitments{};             ///< codes, whose committers it is about
    std::vector<std::vector<std::uint8_t>> subjects{};  ///< blind indexes of further persons
    std::vector<std::string> fields;                    ///< names of what was disclosed
};

/// Keeps the query in the trail. It is called before the answer is given: what cannot be kept is not shown.
void note_query(db::PgSession& db, Caller<Official> const& caller, Shown shown, Instant now);
/// The same where cases of the own unit are handled: `commitments` by their codes.
void note_case(db::PgSession& db, Caller<Official> const& caller, std::vector<std::string> commitments,
               std::vector<std::string> fields, Instant now);

}  // namespace sponsio::service

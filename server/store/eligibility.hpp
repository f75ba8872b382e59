#pragma once

#include "server/db/session.hpp"
#include "server/domain/eligibility.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// Who asked whether somebody may promise: kept, since it is a question about a person.
namespace sponsio::store {

struct EligibilityQuestion {
    Uuid id;
    OrganisationId organisation;
    AccountId asked_by;
    domain::QuestionKind kind;
    std::optional<MatterId> matter;                     ///< of a question; a validation may be about several
    std::vector<std::vector<std::uint8_t>> committers;  ///< blind indexes
    std::int32_t persons;                               ///< their number
    std::int32_t barred;                                ///< how many of them had a breach on record
    Instant asked_at;
};

void insert(db::PgSession& db, EligibilityQuestion const& question);
/// About how many persons that account asked in this way after that instant.
std::int64_t persons_asked_about(db::PgSession& db, AccountId asked_by, domain::QuestionKind kind,
                                 Instant after);
/// Keeps others of the same account from asking at once, until the transaction ends.
void lock_questions_of(db::PgSession& db, AccountId asked_by);

}  // namespace sponsio::store

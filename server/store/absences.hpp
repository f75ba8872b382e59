#pragma once

#include "server/base/id.hpp"
#include "server/db/session.hpp"

#include <map>
#include <optional>
#include <span>
#include <vector>

/// Periods in which somebody gets no check.
namespace sponsio::store {

using AbsenceId = Id<struct AbsenceTag>;

struct AbsenceRow {
    AbsenceId id;
    AccountId account;
    OrganisationId organisation;  ///< of the account, when it was entered
    Instant from;
    Instant until;  ///< the first instant after the last day
    AccountId entered_by;
    Instant entered_at;
    std::optional<AccountId> ended_by{};
    std::optional<Instant> ended_at{};  ///< before its time
};

void insert(db::PgSession& db, AbsenceRow const& row);
std::optional<AbsenceRow> absence_by_id(db::PgSession& db, AbsenceId id);
/// The absence, locked until the transaction ends.
std::optional<AbsenceRow> lock_absence(db::PgSession& db, AbsenceId id);
void end_absence(db::PgSession& db, AbsenceId id, AccountId by, Instant now);

/// Of a unit, or of one of its people; newest first, before `before`.
std::vector<AbsenceRow> absences_before(db::PgSession& db, OrganisationId unit,
                                        std::optional<AccountId> const& account,
                                        std::optional<AbsenceId> const& before, int limit);

/// The end of the longest absence in which this account is at that instant; nothing if it is here.
std::optional<Instant> away_until(db::PgSession& db, AccountId account, Instant now);

}  // namespace sponsio::store

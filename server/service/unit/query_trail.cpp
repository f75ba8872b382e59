#include "server/service/unit/query_trail.hpp"

#include "server/store/personal_queries.hpp"

#include <algorithm>

namespace sponsio::service {

namespace {

/// The right beyond the own unit that allows it.
std::optional<GrantId> granted_for(Official const& who, domain::Purpose purpose) {
    auto const grant = std::ranges::find(who.grants, purpose, &domain::Granted::purpose);
    return grant == who.grants.end() ? std::nullopt : std::optional(grant->id);
}

}  // namespace

void note_query(db::PgSession& db, Caller<Official> const& caller, Shown shown, Instant now) {
    store::insert(db, {.at = now,
                       .organisation = caller.who->organisation,
                       .account = caller.who->account,
                       .purpose = shown.purpose,
                       .route = caller.route,
                       .about = std::move(shown.commitments),
                       .subjects = std::move(shown.subjects),
                       .fields = std::move(shown.fields),
                       .grant = granted_for(*caller.who, shown.purpose)});
}

void note_case(db::PgSession& db, Caller<Official> const& caller, std::vector<std::string> commitments,
               std::vector<std::string> fields, Instant now) {
    note_query(db, caller,
               {.purpose = domain::Purpose::case_handling,
                .commitments = std::move(commitments),
                .fields = std::move(fields)},
               now);
}

}  // namespace sponsio::service

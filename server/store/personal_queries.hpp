#pragma once

#include "server/db/session.hpp"
#include "server/domain/access.hpp"

#include <optional>
#include <string>
#include <vector>

/// The trail of queries of personal data: who looked at whose data, what for, what they were shown.
namespace sponsio::store {

struct PersonalQuery {
    Instant at;
    OrganisationId organisation;  ///< of who asked
    AccountId account;
    domain::Purpose purpose;
    std::string route;  ///< "GET /v1/commitments/{commitment_code}"
    /// Codes of commitments, whose committers are subjects.
    std::vector<std::string> about{};
    /// Blind indexes of further persons.
    std::vector<std::vector<std::uint8_t>> subjects{};
    std::vector<std::string> fields;  ///< what was disclosed
    std::optional<GrantId> grant{};   ///< by which it was allowed; nothing: as a matter of the own unit
};

void insert(db::PgSession& db, PersonalQuery const& query);

struct PersonalQueryRow {
    std::int64_t id;
    PersonalQuery query;  ///< with all its subjects
};

struct PersonalQueryList {
    std::int64_t after = 0;
    std::optional<std::vector<OrganisationId>> of{};  ///< those of who asked; nothing: all
    /// Terms of one person, any of which is a subject; empty: whoever it is about.
    std::vector<std::vector<std::uint8_t>> subject{};
    int limit;
};

/// By number. A reader that goes on from the last one misses none (store::settled).
std::vector<PersonalQueryRow> personal_queries_after(db::PgSession& db, PersonalQueryList const& list);
/// The regions of all organisations, each once.
std::vector<std::string> regions_of_organisations(db::PgSession& db);
/// Removes what organisations of that region asked before that instant, at most so many. Returns their
/// number.
std::size_t end_personal_queries(db::PgSession& db, std::string const& region, Instant before, int at_most);

}  // namespace sponsio::store

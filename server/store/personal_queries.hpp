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
/// Those above `after` and up to `last`, at most `limit`; whether more will come below `last`, only
/// store::settled says.
std::vector<PersonalQueryRow> personal_queries_between(db::PgSession& db, std::int64_t after,
                                                       std::int64_t last, int limit);
/// The regions of all organisations, each once.
std::vector<std::string> regions_of_organisations(db::PgSession& db);

/// From when on what organisations of a region asked is kept; of one that is not named, everything is.
struct KeptSince {
    std::vector<std::string> regions;
    std::vector<Instant> since;  ///< one for each region
};

/// The number up to which the history tells of stretches of queries; 0: of none.
std::int64_t queries_told(db::PgSession& db);
/// The number up to which it tells that they have ended.
std::int64_t queries_ended(db::PgSession& db);
/// The last number of the oldest stretch that the history tells of, if nothing of it is kept any more.
std::optional<std::int64_t> stretch_to_end(db::PgSession& db, KeptSince const& kept);
/// Removes the queries up to that number. Returns how many.
std::size_t end_personal_queries(db::PgSession& db, std::int64_t last);
/// Removes questions about eligibility that are not kept any more, at most so many of a region.
std::size_t end_eligibility_questions(db::PgSession& db, KeptSince const& kept, int at_most);

/// In the history: the words by which it tells of queries. Each event has a subject of its own, so that the
/// newest of its kind is found at once, however many there are of the other.
namespace query_trail {
inline constexpr std::string_view lifecycle = "query trail";

struct Told {
    std::string_view event;
    std::string_view subject;
};

inline constexpr Told told{"told", "queries told"};     ///< from, to: the numbers between which they are
inline constexpr Told ended{"ended", "queries ended"};  ///< to: up to which number
}  // namespace query_trail

}  // namespace sponsio::store

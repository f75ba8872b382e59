#pragma once

#include "server/db/session.hpp"
#include "server/domain/work_kind.hpp"

#include <optional>
#include <string>
#include <vector>

/// What waits for an official: one query a kind, each read from an index.
namespace sponsio::store {

struct WorkItem {
    domain::WorkKind kind;
    std::optional<Instant> due;  ///< the first instant after the last day; nothing: no rule sets one
    std::string id;              ///< of the thing; a pair of kind and id is unique
    Instant since;
    std::optional<std::string> commitment_code;  ///< of one that the official's organisation may read
    std::string state;                           ///< of the thing
    std::optional<int> seat;                     ///< of the official, in a check; 1 leads
    std::optional<AccountId> asked_by;
    std::string place;  ///< what its path ends with
};

/// For whom, and when it is.
struct WorkOf {
    OrganisationId organisation;
    AccountId account;
    Instant now;
};

/// The last item of a page: what is due later, or at the same time by kind and id, comes after it.
struct WorkPlace {
    Instant due;
    domain::WorkKind kind;
    std::string id;

    static WorkPlace of(WorkItem const& item);
};

/// What waits of one kind, what is due first first.
std::vector<WorkItem> work_of(db::PgSession& db, domain::WorkKind kind, WorkOf const& who,
                              std::optional<WorkPlace> const& after, int limit);
/// How much; `most` and one more stand for all greater numbers.
std::int64_t count_work(db::PgSession& db, domain::WorkKind kind, WorkOf const& who, int most);

}  // namespace sponsio::store

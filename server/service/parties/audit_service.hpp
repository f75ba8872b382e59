#pragma once

#include "server/db/executor.hpp"
#include "server/domain/rules.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/person_terms.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/events.hpp"
#include "server/store/personal_queries.hpp"

namespace sponsio::service {

/// The two trails, for auditors, each of the organisations that they reach: what changed, and who looked at
/// whose data. Neither holds personal data in clear.
class AuditService {
  public:
    AuditService(db::DbExecutor& db, Vault const& vault, PersonTerms const& terms, domain::Rules const& rules,
                 Clock const& clock)
        : db_(db), vault_(vault), terms_(terms), rules_(rules), clock_(clock) {}

    /// Events after the one numbered `after`, oldest first; of one subject if one is named. A page may have
    /// no items and yet a last key: there is more behind it.
    Async<Page> events(Caller<Official> caller, std::int64_t after, std::optional<std::string> subject,
                       int limit);
    /// Queries of personal data after the one numbered `after`, oldest first.
    Async<Page> queries(Caller<Official> caller, std::int64_t after, int limit);
    /// The same about one person; the question is a query itself.
    Async<Page> queries_about(Caller<Official> caller, domain::Json body, std::int64_t after, int limit);

    /// Removes queries that the rule `log.query` no longer keeps, a few at a time. Returns their number.
    /// Blocks: for a thread of the background work.
    Outcome<std::size_t> end_queries(Deadline deadline);

  private:
    db::DbExecutor& db_;
    Vault const& vault_;
    PersonTerms const& terms_;
    domain::Rules const& rules_;
    Clock const& clock_;
};

}  // namespace sponsio::service

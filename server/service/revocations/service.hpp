#pragma once

#include "server/domain/revocation.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/revocations.hpp"

#include <functional>

namespace sponsio::service {

struct RevocationParts {
    FindingParts findings;
    ReportQueue const& reports;              ///< that the record is withdrawn is told there
    std::function<void()> leaves_waiting{};  ///< called when there are new leaves for the log; may be empty
};

/// That an effective finding does not stand: one person asks with the paper that says so, another decides.
/// What followed is undone in the transaction of that decision: the record is withdrawn and nothing of it is
/// public any more, the platform is told, the question about the promise is open again. The answers are the
/// newest request about the finding.
class RevocationService {
  public:
    explicit RevocationService(RevocationParts parts) : parts_(std::move(parts)) {}

    /// problem::conflict while another waits, problem::wrong_step unless the finding is in effect.
    Async<domain::Json> ask(Caller<Official> const& caller, FindingId id, domain::RevocationDraft draft);
    Async<domain::Json> decide(Caller<Official> const& caller, FindingId id,
                               domain::RevocationDecision decision);
    Async<domain::Json> newest(Caller<Official> const& caller, FindingId id);

  private:
    Outcome<void> undo(db::PgSession& db, store::RevocationRow const& row, domain::Official const& who,
                       Instant now) const;
    static Outcome<void> drop_drafts(db::PgSession& db, store::RevocationRow const& row,
                                     domain::Official const& who, Instant now);
    Outcome<void> withdraw_record(db::PgSession& db, store::RevocationRow const& row,
                                  domain::Official const& who, Instant now) const;

    RevocationParts parts_;
};

}  // namespace sponsio::service

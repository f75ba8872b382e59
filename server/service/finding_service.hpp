#pragma once

#include "server/db/executor.hpp"
#include "server/service/finding_case.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace sponsio::service {

struct FindingQuestion {
    std::optional<domain::FindingState> state;  ///< nothing: all
    std::string after;                          ///< finding_id of the last one seen; empty: from the start
    int limit = 50;
};

/// What one look for findings whose remedy period is over has done.
struct EffectRound {
    struct Failure {
        FindingId finding;
        Fault why;
    };

    int effective = 0;
    std::vector<Failure> failures{};  ///< left served; they are tried again in the next round
    bool more = false;                ///< stopped at the limit
};

/// Findings of an identifying unit and their due process: three people, a served prior notice, time for
/// statement and defence, a served decision, time for remedies. Another unit's finding is not there for the
/// caller.
class FindingService {
  public:
    template <class T>
    using Answer = boost::asio::awaitable<Outcome<T>>;

    FindingService(db::DbExecutor& db, FindingParts parts) : db_(db), parts_(std::move(parts)) {}

    /// From a closed check of the caller's own unit that speaks against the commitment.
    Answer<Created> draft(Caller const& caller, RequestOnce once, domain::FindingDraft draft);
    Answer<domain::Json> finding(Caller const& caller, FindingId id);
    Answer<std::vector<domain::Json>> list(Caller const& caller, FindingQuestion question);

    Answer<domain::Json> review(Caller const& caller, FindingId id, domain::Review review);
    Answer<domain::Json> serve_prior_notice(Caller const& caller, FindingId id, domain::PriorNotice notice);
    Answer<domain::Json> defend(Caller const& caller, FindingId id, domain::Defence defence);
    Answer<domain::Json> decide(Caller const& caller, FindingId id, domain::Decision decision);
    Answer<domain::Json> serve_decision(Caller const& caller, FindingId id, domain::Service service);
    Answer<domain::Json> seek_remedy(Caller const& caller, FindingId id, Remedy remedy);
    Answer<domain::Json> end_remedy(Caller const& caller, FindingId id, RemedyOutcome outcome);

    Answer<domain::Json> document(Caller const& caller, DocumentId id);

    /// Moves what is due, each in a transaction of its own, so that one which cannot be moved holds up no
    /// other. Any number of processes may do this at once. Blocks: for a thread of the background work.
    Outcome<EffectRound> take_effect(Deadline deadline, int at_most);

  private:
    template <class Act>
    Answer<domain::Json> on_finding(Caller const& caller, FindingId id, Act act);
    Outcome<Made> make_draft(db::PgSession& db, domain::Principal const& who,
                             domain::FindingDraft const& draft) const;

    struct Tried {
        store::DueAfter place;
        Outcome<void> outcome;
    };

    std::optional<Tried> try_next(db::PgSession& session, Instant now,
                                  std::optional<store::DueAfter> const& seen);

    db::DbExecutor& db_;
    FindingParts parts_;
};

/// The fault for a refusal of the finding table's own CHECKs on people; nothing for other errors.
std::optional<Fault> people_fault(db::DbError const& error);

}  // namespace sponsio::service

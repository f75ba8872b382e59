#pragma once

#include "server/service/evidence/pieces.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace sponsio::service {

struct FindingFilter {
    std::optional<domain::FindingState> state;  ///< nothing: all
    std::string after;                          ///< finding_id of the last one seen; empty: from the start
    int limit = 50;
};

/// The result of one round over findings that a clock or a new calendar moves.
struct EffectRound {
    struct Failure {
        FindingId finding;
        Fault why;
    };

    int ends_set = 0;  ///< periods that were open and have their last day now
    int effective = 0;
    std::vector<Failure> failures{};  ///< left as they were; they are tried again in the next round
    bool more = false;                ///< stopped at the limit
};

/// Findings of an identifying unit and their due process: three people, a served prior notice, time for
/// statement and defence, a served decision, time for remedies. Another unit's finding
/// does not exist for the caller.
class FindingService {
  public:
    explicit FindingService(FindingParts parts) : parts_(std::move(parts)) {}

    /// Drafts a finding on a closed task of the caller's own unit that speaks against the commitment.
    Async<Created> draft(Caller<Official> const& caller, RequestOnce once, domain::FindingDraft draft);
    Async<domain::Json> finding(Caller<Official> const& caller, FindingId id);
    Async<Page> list(Caller<Official> const& caller, FindingFilter question);

    Async<domain::Json> review(Caller<Official> const& caller, FindingId id, domain::Review review);
    Async<domain::Json> amend(Caller<Official> const& caller, FindingId id,
                              domain::FindingAmendment amendment);
    /// The order to rectify, and whether the party followed it.
    Async<domain::Json> compose_order(Caller<Official> const& caller, FindingId id,
                                      domain::RectifyOrder order);
    Async<domain::Json> serve_order(Caller<Official> const& caller, FindingId id, domain::Service service);
    Async<domain::Json> end_order(Caller<Official> const& caller, FindingId id, domain::OrderOutcome outcome);
    /// The hearing, and the re-check of facts that the party named there or in their defence.
    Async<domain::Json> request_hearing(Caller<Official> const& caller, FindingId id,
                                        domain::HearingStep request);
    Async<domain::Json> withdraw_hearing(Caller<Official> const& caller, FindingId id,
                                         domain::HearingStep withdrawal);
    Async<domain::Json> compose_hearing_notice(Caller<Official> const& caller, FindingId id,
                                               domain::HearingNotice notice);
    Async<domain::Json> serve_hearing_notice(Caller<Official> const& caller, FindingId id,
                                             domain::Service service);
    Async<domain::Json> hold_hearing(Caller<Official> const& caller, FindingId id,
                                     domain::HearingRecord record);
    Async<domain::Json> recheck(Caller<Official> const& caller, FindingId id, domain::Recheck recheck);
    Async<domain::Json> compose_prior_notice(Caller<Official> const& caller, FindingId id,
                                             domain::PriorNotice notice);
    Async<domain::Json> serve_prior_notice(Caller<Official> const& caller, FindingId id,
                                           domain::Service service);
    Async<domain::Json> defend(Caller<Official> const& caller, FindingId id, domain::Defence defence);
    Async<domain::Json> decide(Caller<Official> const& caller, FindingId id, domain::Decision decision);
    Async<domain::Json> serve_decision(Caller<Official> const& caller, FindingId id, domain::Service service);
    Async<domain::Json> decide_late_service(Caller<Official> const& caller, FindingId id,
                                            domain::LateServiceDecision decision);
    Async<domain::Json> seek_remedy(Caller<Official> const& caller, FindingId id, Remedy remedy);
    Async<domain::Json> end_remedy(Caller<Official> const& caller, FindingId id, RemedyOutcome outcome);

    /// Where the bytes of a receipt go as they arrive.
    [[nodiscard]] std::shared_ptr<EvidenceIntake> take_in() const;
    /// Whether the caller's file can be wanted there at all, before a byte of it is read.
    Async<void> expects_evidence(Caller<Official> const& caller, FindingId id);
    /// A receipt (送达回证), which the record of a service names.
    Async<Created> add_evidence(Caller<Official> const& caller, RequestOnce once, FindingId id,
                                EvidenceUpload upload);
    Async<EvidenceDownload> evidence(Caller<Official> const& caller, FindingId finding, EvidenceId id);
    Async<std::string> evidence_part(Deadline deadline, std::shared_ptr<EvidenceDownload const> file,
                                     std::int32_t number);

    Async<domain::Json> document(Caller<Official> const& caller, DocumentId id);
    /// The signatures of the persons who took the steps of the finding and of its check, with what they
    /// signed.
    Async<domain::Json> signatures(Caller<Official> const& caller, FindingId id);

    /// Sets the ends of open periods as far as the calendar covers them, then moves the due findings; each in
    /// a transaction of its own, so that one that cannot be moved delays no other. Any number of processes
    /// may call this at once. Blocks: for a thread of the background work.
    Outcome<EffectRound> take_effect(Deadline deadline, int at_most);

  private:
    template <class Act>
    Async<domain::Json> on_finding(Caller<Official> const& caller, FindingId id, Act act);
    Outcome<Made> make_draft(db::PgSession& db, domain::Official const& who,
                             domain::FindingDraft const& draft) const;

    struct Tried {
        FindingId id;
        std::optional<Instant> remedy_until;
        Outcome<void> outcome;
    };

    template <class Lock, class Act>
    std::optional<Tried> try_next(db::PgSession& session, Instant now, Lock lock, Act act);
    std::optional<Tried> set_next_end(db::PgSession& session, Instant now, std::optional<FindingId> seen);
    std::optional<Tried> effect_next(db::PgSession& session, Instant now,
                                     std::optional<store::DueAfter> const& seen);

    FindingParts parts_;
};

/// The fault for a violation of the finding table's CHECKs on people; nothing for other errors.
std::optional<Fault> people_fault(db::DbError const& error);

}  // namespace sponsio::service

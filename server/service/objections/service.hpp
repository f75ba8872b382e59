#pragma once

#include "server/domain/objection.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/records/case.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/opened.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/objections.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>

namespace sponsio::service {

struct ObjectionParts : Ground {
    ReportQueue const& reports;              ///< what a decision tells the platform goes there
    std::string issuer;                      ///< as in the records
    std::function<void()> leaves_waiting{};  ///< called when there are new leaves for the log; may be empty
};

struct ObjectionFilter {
    std::optional<domain::ObjectionState> state;  ///< nothing: all
    std::optional<RecordId> record;
    std::string after;  ///< objection_id of the last one seen; empty: from the start
    int limit = 50;
};

/// Objections to credit records (docs/law.md, Objection). The record is marked when one is filed, and the
/// mark ends with it. What an outcome changes, it changes by a decision: the record's causes, another record
/// in its place, a report to the platform; all in the transaction of the decision.
class ObjectionService {
  public:
    explicit ObjectionService(ObjectionParts parts);

    /// By the identifying unit at its counter, or by the platform, which forwards it. problem::conflict while
    /// another objection to the record is open, problem::wrong_step once it was withdrawn.
    Async<Created> file(Caller<Official> const& caller, RequestOnce once, domain::ObjectionDraft draft);
    Async<domain::Json> objection(Caller<Official> const& caller, ObjectionId id);
    Async<Page> list(Caller<Official> const& caller, ObjectionFilter filter);
    /// An outcome with its reasons, for another person to decide on.
    Async<domain::Json> propose(Caller<Official> const& caller, ObjectionId id,
                                domain::ObjectionProposal proposal);
    /// Makes the proposal the answer, with its effects, or returns it.
    Async<domain::Json> decide(Caller<Official> const& caller, ObjectionId id,
                               domain::ObjectionDecision decision);
    /// By the head, where the place has it.
    Async<domain::Json> extend(Caller<Official> const& caller, ObjectionId id, domain::StepReason reason);
    Async<domain::Json> withdraw(Caller<Official> const& caller, ObjectionId id, domain::PartyStep step);
    /// Where the place has it; the mark is there again until it ends.
    Async<domain::Json> seek_review(Caller<Official> const& caller, ObjectionId id, domain::PartyStep step);
    Async<domain::Json> end_review(Caller<Official> const& caller, ObjectionId id,
                                   domain::ReviewResult result);

    /// By the subject itself, in the caller's transaction; the record is marked with it. Faults as of file().
    Outcome<ObjectionId> file_own(db::PgSession& db, RecordId record, domain::OwnObjection const& objection,
                                  domain::SubjectId subject);

    [[nodiscard]] CaseFileService& files() { return files_; }

  private:
    using Open = Opened<store::ObjectionRow>;

    template <class Act>
    Async<domain::Json> on_objection(Caller<Official> const& caller, ObjectionId id, Act act);
    Outcome<Made> make(db::PgSession& db, domain::Official const& who, domain::ObjectionDraft const& draft);
    Outcome<void> take_in(db::PgSession& db, store::ObjectionRow const& row, domain::Actor const& actor,
                          std::string const& statement);
    [[nodiscard]] Outcome<store::ObjectionRow> row_of(db::PgSession& db, domain::Official const& who,
                                                      domain::ObjectionDraft const& draft, Instant now) const;
    [[nodiscard]] Outcome<domain::ObjectionFacts> facts(db::PgSession& db, store::ObjectionRow const& row,
                                                        AccountId actor, Instant now) const;
    [[nodiscard]] Outcome<void> fits(db::PgSession& db, store::ObjectionRow const& row,
                                     domain::ObjectionProposal const& proposal, Instant now) const;
    Outcome<void> advance(Open& open, domain::ObjectionEvent event, domain::Json const& said,
                          std::optional<std::string> why = {}, std::optional<std::string> rule = {});
    [[nodiscard]] Outcome<void> answer(Open& open, domain::ObjectionProposal const& proposal) const;
    Outcome<void> take_effect(Open& open, domain::ObjectionProposal const& proposal);
    Outcome<void> change_record(Open& open, domain::RecordCause cause, bool opens, bool withdraws) const;
    [[nodiscard]] bool retention_over(db::PgSession& db, RecordId record, Instant now) const;

    ObjectionParts parts_;
    FactReader facts_;
    CaseFileService files_;
};

}  // namespace sponsio::service

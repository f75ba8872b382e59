#pragma once

#include "server/domain/finding.hpp"
#include "server/domain/hearing.hpp"
#include "server/domain/road.hpp"
#include "server/domain/service_entry.hpp"
#include "server/service/findings/periods.hpp"
#include "server/service/matters/commitment_steps.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/request.hpp"
#include "server/store/documents.hpp"
#include "server/store/events.hpp"
#include "server/store/findings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// A reconsideration or an action against the decision (复议、诉讼).
struct Remedy {
    enum class Kind { reconsideration, litigation };

    Kind kind;
    Date filed_on;

    static Remedy read(domain::Fields& fields);
};

constexpr auto words_of(Remedy::Kind) {
    using enum Remedy::Kind;
    return std::to_array<domain::Word<Remedy::Kind>>(
        {{reconsideration, "reconsideration"}, {litigation, "litigation"}});
}

/// The outcome of a remedy for the decision.
struct RemedyOutcome {
    enum class Kind {
        upheld,
        overturned,
        unanswered  ///< a reconsideration that was not answered in time
    };

    Kind kind;

    static RemedyOutcome read(domain::Fields& fields);
};

constexpr auto words_of(RemedyOutcome::Kind) {
    using enum RemedyOutcome::Kind;
    return std::to_array<domain::Word<RemedyOutcome::Kind>>(
        {{upheld, "upheld"}, {overturned, "overturned"}, {unanswered, "unanswered"}});
}

/// A function called in the transaction in which a finding takes effect. Its fault undoes all of it.
using OnEffect = std::function<Outcome<void>(db::PgSession&, FindingId, Instant now)>;

struct FindingParts : Ground {
    OnEffect on_effect{};  ///< may be empty
    std::string window{};  ///< where subjects find their own case, for the prior notice; may be empty
};

/// The seal labels of a version of a finding's draft, and of what was said of it, for Vault::open.
std::string draft_label(FindingId id, std::int32_t version = 1);
std::string statement_label(FindingId id, std::string_view step, std::int32_t version = 1);
std::string document_label(DocumentId id);
std::string receipt_label(DocumentId id);
RequestLabels labels_of(LateServiceId id);

/// The step under which a reviewer's reasons for returning a draft are kept.
inline constexpr std::string_view return_step = "return";

/// The step under which facts that the party named are kept, until somebody has looked at them.
std::string_view step_of_new_facts();

/// Refuses evidence that is not of the draft's task, or listed twice.
Outcome<void> check_evidence(db::PgSession& db, domain::FindingDraft const& draft);
/// Refuses what the place does not let follow from such a finding, with the rule.
Outcome<void> check_measures(domain::Road const& road, domain::Circumstances const& said);

/// One locked finding in one transaction, with the steps of its due process (docs/law.md D, E). Each step
/// asks the lifecycle first, so that a step out of order is refused before anything else is checked.
class FindingCase {
  public:
    /// `who` is null where the system itself moves the finding by a clock, or its subject speaks.
    FindingCase(db::PgSession& db, FindingParts const& parts, store::FindingRow row,
                domain::Official const* who, Instant now, std::optional<domain::SubjectId> subject = {})
        : db_(db), parts_(parts), row_(std::move(row)), who_(who), now_(now), subject_(subject) {}

    /// Confirms the draft, returns it to be amended, or dismisses the finding, which clears the commitment
    /// and composes the paper that says so.
    Outcome<void> review(domain::Review const& review);
    /// Puts another version of a returned draft in its place, to be reviewed again.
    Outcome<void> amend(domain::FindingDraft draft);
    /// Composes the order to rectify; composed anew, the newest counts. Its service starts the period to set
    /// it right.
    Outcome<void> compose_order(domain::RectifyOrder const& order);
    Outcome<void> serve_order(domain::Service const& service);
    /// Whether the party set it right. If so the case ends and the promise is kept.
    Outcome<void> end_order(domain::OrderOutcome const& outcome);
    /// The hearing: asked for by the party, called by a notice, held by its chair.
    Outcome<void> request_hearing(domain::HearingStep const& request);
    Outcome<void> withdraw_hearing(domain::HearingStep const& withdrawal);
    Outcome<void> compose_hearing_notice(domain::HearingNotice const& notice);
    Outcome<void> serve_hearing_notice(domain::Service const& service);
    Outcome<void> hold_hearing(domain::HearingRecord const& record);
    /// What came of looking at the new facts that the party named.
    Outcome<void> recheck(domain::Recheck const& recheck);
    /// Composes the prior notice, so that it can be read, printed and served. Composed anew, the newest
    /// counts.
    Outcome<void> compose_prior_notice(domain::PriorNotice const& notice);
    /// Records the service of the newest prior notice and starts the period for statement and defence. A late
    /// entry does so only when it is confirmed.
    Outcome<void> serve_prior_notice(domain::Service const& service);
    Outcome<void> defend(domain::Defence const& defence);
    /// Composes the decision, or the dismissal, which ends the case and clears the commitment.
    Outcome<void> decide(domain::Decision const& decision);
    /// Records the service of the decision and starts the periods for remedies; the later end counts. The
    /// service of a dismissal starts none.
    Outcome<void> serve_decision(domain::Service const& service);
    /// Decides about the late entry of a service that waits for a second person.
    Outcome<void> decide_late_service(domain::LateServiceDecision const& decision);
    Outcome<void> seek_remedy(Remedy const& remedy);
    Outcome<void> end_remedy(RemedyOutcome const& outcome);
    /// Sets the ends of open periods, as far as a calendar announced since then covers them.
    Outcome<void> set_open_ends();
    /// Takes effect because the periods for remedies are over.
    Outcome<void> take_effect();
    /// An effective finding does not stand any more: the question about the promise is open again. `number`
    /// is of the decision that says so.
    Outcome<void> revoke(std::string const& number);

    [[nodiscard]] store::FindingRow const& row() const { return row_; }

    /// Writes the changed columns of the row, and proves the steps taken since the last time.
    void save();

  private:
    Outcome<void> advance(domain::FindingEvent event, std::optional<std::string> why = {},
                          std::optional<std::string> rule = {});
    [[nodiscard]] Outcome<domain::FindingState> would_become(domain::FindingEvent event) const;
    /// A refusal of what comes too early or too late, with the rule of the period that it is about.
    [[nodiscard]] Fault explained(Fault refused, std::string_view clock) const;
    [[nodiscard]] domain::FindingFacts facts() const;
    [[nodiscard]] bool dismissal_to_serve() const;
    [[nodiscard]] std::optional<AccountId> actor() const;
    [[nodiscard]] domain::Actor acting() const;
    void say(std::string_view step, std::string const& text);
    Outcome<void> clear_commitment();
    Outcome<void> become_effective(domain::FindingEvent event, Instant since,
                                   std::optional<std::string> rule);

    /// Refuses a service in the future, before the paper was made, of another paper, or without its receipt.
    [[nodiscard]] Outcome<void> check_service(domain::Service const& service,
                                              store::DocumentRow const& paper) const;
    [[nodiscard]] Outcome<void> check_file(char const* pointer, EvidenceId id,
                                           store::DocumentRow const& paper) const;
    /// Refuses what a late entry that waits for its second person would contradict.
    [[nodiscard]] Outcome<void> no_late_service_waits() const;
    Outcome<void> record_service(store::DocumentKind kind, domain::Service const& service);
    Outcome<void> record_late_service(store::DocumentRow const& paper, domain::Service const& service);
    Outcome<void> count_service(store::DocumentRow const& paper, store::ServiceRow const& service);
    Outcome<void> count_hearing_notice(store::DocumentRow const& paper, store::ServiceRow const& service);
    [[nodiscard]] Outcome<FindingPeriods> periods_of(store::DocumentRow const& paper,
                                                     store::ServiceRow const& service) const;
    [[nodiscard]] Outcome<store::ServedDocument> newest_paper(store::DocumentKind kind) const;
    [[nodiscard]] std::string region() const;
    [[nodiscard]] Outcome<Date> serve_by(std::optional<Date> const& wish) const;
    Outcome<domain::CaseText> case_text(std::string const& number) const;
    DocumentId make_paper(store::DocumentKind kind, std::string const& number, Bilingual const& text);
    Outcome<void> make_dismissal(domain::Decision const& decision, bool notified);

    [[nodiscard]] Outcome<void> order_comes_first() const;
    [[nodiscard]] Outcome<domain::Road> road_of(domain::FindingKind kind) const;
    [[nodiscard]] Outcome<domain::Circumstances> circumstances() const;
    [[nodiscard]] Outcome<bool> gives_hearing() const;
    [[nodiscard]] Outcome<void> not_let_go(domain::Gravity const& found) const;
    [[nodiscard]] Outcome<void> not_heavier(domain::Gravity const& found) const;
    Outcome<void> hearing_step(domain::FindingEvent event, domain::HearingStep const& said);
    [[nodiscard]] Outcome<void> hearing_is_ahead(Serving const& serving) const;
    [[nodiscard]] bool new_facts_open() const;
    void add_hearing(domain::FindingFacts& facts) const;
    [[nodiscard]] bool has_defence() const;
    [[nodiscard]] Outcome<void> check_answers(domain::Decision const& decision) const;

    [[nodiscard]] PeriodSetter setter() const;
    [[nodiscard]] Outcome<FindingPeriods> periods_of_last_paper();
    void add_pending_remedy(domain::FindingFacts& facts) const;
    void set_defence_end(FindingPeriods const& periods);
    void set_remedy_end(FindingPeriods const& periods);

    db::PgSession& db_;
    FindingParts const& parts_;
    store::FindingRow row_;
    domain::Official const* who_;
    Instant now_;
    std::optional<domain::SubjectId> subject_;
    std::vector<store::Event> taken_;  ///< since save()
};

}  // namespace sponsio::service

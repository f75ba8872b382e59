#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/campaign_lifecycle.hpp"
#include "server/domain/credit_code.hpp"
#include "server/domain/draw.hpp"
#include "server/domain/erasure.hpp"
#include "server/domain/exposure_lifecycle.hpp"
#include "server/domain/grant.hpp"
#include "server/domain/inquiry_lifecycle.hpp"
#include "server/domain/inspection.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/listing_lifecycle.hpp"
#include "server/domain/matter_proposal.hpp"
#include "server/domain/objection.hpp"
#include "server/domain/person_id.hpp"
#include "server/domain/publicity_lifecycle.hpp"
#include "server/domain/record_lifecycle.hpp"
#include "server/domain/record_status.hpp"
#include "server/domain/removal.hpp"
#include "server/domain/repair.hpp"
#include "server/domain/revocation.hpp"
#include "server/domain/service_entry.hpp"
#include "server/domain/subscription.hpp"
#include "server/domain/task_lifecycle.hpp"
#include "server/domain/withdrawal.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The state machines of the product. Their diagrams in docs/lifecycles.md are printed from these tables.
namespace sponsio::domain {

// ---------------------------------------------------------------------------------------------- commitment
enum class CommitmentState {
    notified,
    effective,
    under_verification,
    in_question,
    fulfilled,
    partly_fulfilled,
    breached,
    supervised,
    withdrawn,
    expired
};
enum class CommitmentEvent {
    accept,
    exempt,
    withdraw,
    verification_started,
    clue,  ///< a clue made somebody check what was only supervised
    found_consistent,
    found_inconsistent,
    found_unclear,
    reopened,  ///< the conclusion of its check no longer stands
    rectified,
    rectified_partly,
    finding_effective,
    finding_dismissed,
    finding_revoked,  ///< a decision says that the finding does not stand: the question is open again
    expire
};

constexpr auto words_of(CommitmentState) {
    using enum CommitmentState;
    return std::to_array<Word<CommitmentState>>({{notified, "notified"},
                                                 {effective, "effective"},
                                                 {under_verification, "under_verification"},
                                                 {in_question, "in_question"},
                                                 {fulfilled, "fulfilled"},
                                                 {partly_fulfilled, "partly_fulfilled"},
                                                 {breached, "breached"},
                                                 {supervised, "supervised"},
                                                 {withdrawn, "withdrawn"},
                                                 {expired, "expired"}});
}

constexpr auto words_of(CommitmentEvent) {
    using enum CommitmentEvent;
    return std::to_array<Word<CommitmentEvent>>({{accept, "accept"},
                                                 {exempt, "exempt"},
                                                 {withdraw, "withdraw"},
                                                 {verification_started, "verification_started"},
                                                 {clue, "clue"},
                                                 {found_consistent, "found_consistent"},
                                                 {found_inconsistent, "found_inconsistent"},
                                                 {found_unclear, "found_unclear"},
                                                 {reopened, "reopened"},
                                                 {rectified, "rectified"},
                                                 {rectified_partly, "rectified_partly"},
                                                 {finding_effective, "finding_effective"},
                                                 {finding_dismissed, "finding_dismissed"},
                                                 {finding_revoked, "finding_revoked"},
                                                 {expire, "expire"}});
}

using CommitmentLifecycle = Lifecycle<CommitmentState, CommitmentEvent, NoFacts>;
extern CommitmentLifecycle const commitment_lifecycle;

/// The effect of a verification task's conclusion on the commitment.
CommitmentEvent commitment_event_of(CheckResult result);

// -------------------------------------------------------------------------------------------------- finding
enum class FindingState {
    drafted,
    returned,  ///< to be amended, and then reviewed again
    reviewed,
    rectifying,   ///< ordered to set it right by a day
    uncorrected,  ///< it was not set right by that day
    rectified,    ///< it was: the case ends without a record
    prior_notice_served,
    defended,
    waived,
    hearing_requested,
    hearing_called,  ///< the party was served day, place and chair
    heard,
    decided,
    served,
    under_remedy,
    effective,
    dismissed,
    cancelled
};
enum class FindingEvent {
    confirm,
    return_draft,
    amend,
    compose_prior_notice,
    serve_prior_notice,
    defend,
    waive,
    decide,
    dismiss,
    serve_decision,
    calendar_known,
    remedy_period_over,
    seek_remedy,
    remedy_upheld,
    remedy_overturned,
    remedy_unanswered,  ///< the reconsideration was not answered in time: the suit is open
    dismiss_draft,      ///< by the reviewer, before the party heard of it; `dismiss` is the decider's
    compose_order,      ///< the order to rectify (责令限期改正)
    serve_order,
    find_corrected,
    find_uncorrected,
    request_hearing,
    withdraw_hearing,
    compose_hearing_notice,
    serve_hearing_notice,
    hold_hearing,
    recheck,  ///< somebody looked at the new facts that the party named
    revoke    ///< a decision of its own says that an effective finding does not stand
};

constexpr auto words_of(FindingState) {
    using enum FindingState;
    return std::to_array<Word<FindingState>>({{drafted, "drafted"},
                                              {returned, "returned"},
                                              {reviewed, "reviewed"},
                                              {rectifying, "rectifying"},
                                              {uncorrected, "uncorrected"},
                                              {rectified, "rectified"},
                                              {prior_notice_served, "prior_notice_served"},
                                              {defended, "defended"},
                                              {waived, "waived"},
                                              {hearing_requested, "hearing_requested"},
                                              {hearing_called, "hearing_called"},
                                              {heard, "heard"},
                                              {decided, "decided"},
                                              {served, "served"},
                                              {under_remedy, "under_remedy"},
                                              {effective, "effective"},
                                              {dismissed, "dismissed"},
                                              {cancelled, "cancelled"}});
}

constexpr auto words_of(FindingEvent) {
    using enum FindingEvent;
    return std::to_array<Word<FindingEvent>>({{confirm, "confirm"},
                                              {return_draft, "return_draft"},
                                              {amend, "amend"},
                                              {compose_prior_notice, "compose_prior_notice"},
                                              {serve_prior_notice, "serve_prior_notice"},
                                              {defend, "defend"},
                                              {waive, "waive"},
                                              {decide, "decide"},
                                              {dismiss, "dismiss"},
                                              {serve_decision, "serve_decision"},
                                              {calendar_known, "calendar_known"},
                                              {remedy_period_over, "remedy_period_over"},
                                              {seek_remedy, "seek_remedy"},
                                              {remedy_upheld, "remedy_upheld"},
                                              {remedy_overturned, "remedy_overturned"},
                                              {remedy_unanswered, "remedy_unanswered"},
                                              {dismiss_draft, "dismiss_draft"},
                                              {compose_order, "compose_order"},
                                              {serve_order, "serve_order"},
                                              {find_corrected, "find_corrected"},
                                              {find_uncorrected, "find_uncorrected"},
                                              {request_hearing, "request_hearing"},
                                              {withdraw_hearing, "withdraw_hearing"},
                                              {compose_hearing_notice, "compose_hearing_notice"},
                                              {serve_hearing_notice, "serve_hearing_notice"},
                                              {hold_hearing, "hold_hearing"},
                                              {recheck, "recheck"},
                                              {revoke, "revoke"}});
}

struct FindingFacts {
    std::optional<PersonId> actor;  ///< nobody where the system itself moves it by a clock
    PersonId drafted_by;
    std::optional<PersonId> reviewed_by;
    Instant now;
    /// The ends of the periods for statement and defence and for remedies: the first instant after each.
    /// Nothing while no calendar covers them.
    std::optional<Instant> defence_until;
    std::optional<Instant> remedy_until;
    bool dismissal_to_serve = false;  ///< it was dismissed, and the document is not served yet
    bool notice_to_serve = false;     ///< its prior notice was composed
    /// Who drafted versions that were amended since, and who returned one.
    std::vector<PersonId> earlier_drafters{};
    std::vector<PersonId> returned_by{};
    std::optional<PersonId> decided_by{};
    std::optional<PersonId> filed_by{};    ///< who filed the commitment
    std::vector<PersonId> inspectors{};    ///< whoever sat in its check
    std::vector<PersonId> served_by{};     ///< who recorded the service of its papers
    std::vector<PersonId> appointed_by{};  ///< who gave the actor account, roles or grants
    bool unknown = false;                  ///< nobody entered who the actor is
    bool reconsidered = false;             ///< the remedy that is pending is a reconsideration
    /// The first instant after the longest time in which it is to be answered; nothing while no calendar
    /// covers it.
    std::optional<Instant> answer_until{};
    bool order_to_serve = false;             ///< its order to rectify was composed
    std::optional<Instant> order_until{};    ///< the first instant after the last day to set it right
    bool may_be_heard = false;               ///< the place gives the right to a hearing
    std::optional<Instant> hearing_until{};  ///< the first instant after the last day to ask for one
    bool hearing_notice_to_serve = false;
    std::optional<PersonId> chair{};      ///< of the hearing
    std::optional<Instant> hearing_at{};  ///< when it is held
    bool new_facts_open = false;          ///< the party named facts that nobody has looked at yet
};

using FindingLifecycle = Lifecycle<FindingState, FindingEvent, FindingFacts>;
extern FindingLifecycle const finding_lifecycle;

// ---------------------------------------------------------------------------------------- submission (batch)
enum class BatchState { queued, sent, unknown, answered };
enum class BatchEvent {
    send,
    answer,
    lose_answer,
    not_there,
    retry  ///< a person lets it be tried now and not when its pause is over
};

constexpr auto words_of(BatchState) {
    using enum BatchState;
    return std::to_array<Word<BatchState>>(
        {{queued, "queued"}, {sent, "sent"}, {unknown, "unknown"}, {answered, "answered"}});
}

constexpr auto words_of(BatchEvent) {
    using enum BatchEvent;
    return std::to_array<Word<BatchEvent>>({{send, "send"},
                                            {answer, "answer"},
                                            {lose_answer, "lose_answer"},
                                            {not_there, "not_there"},
                                            {retry, "retry"}});
}

using BatchLifecycle = Lifecycle<BatchState, BatchEvent, NoFacts>;
extern BatchLifecycle const batch_lifecycle;

// --------------------------------------------------------------------------------------- submission (record)
enum class SubmissionState { queued, batched, accepted, rejected };
enum class SubmissionEvent { gather, accept, reject };

constexpr auto words_of(SubmissionState) {
    using enum SubmissionState;
    return std::to_array<Word<SubmissionState>>(
        {{queued, "queued"}, {batched, "batched"}, {accepted, "accepted"}, {rejected, "rejected"}});
}

constexpr auto words_of(SubmissionEvent) {
    using enum SubmissionEvent;
    return std::to_array<Word<SubmissionEvent>>({{gather, "gather"}, {accept, "accept"}, {reject, "reject"}});
}

using SubmissionLifecycle = Lifecycle<SubmissionState, SubmissionEvent, NoFacts>;
extern SubmissionLifecycle const submission_lifecycle;

// ----------------------------------------------------------------------------------------------------- all
/// Calls `visit(title, lifecycle)` for each lifecycle there is, in the order of docs/lifecycles.md.
template <class Visit>
void for_each_lifecycle(Visit visit) {
    visit("Commitment 承诺", commitment_lifecycle);
    visit("Withdrawal 撤回承诺", withdrawal_lifecycle);
    visit("Verification task 核查任务", task_lifecycle);
    visit("Recusal 回避", recusal_lifecycle);
    visit("Reopening 重启核查", reopening_lifecycle);
    visit("Retraction 撤回核查结论", retraction_lifecycle);
    visit("Inspection of an enterprise 涉企行政检查", inspection_lifecycle);
    visit("Draw 双随机抽查", draw_lifecycle);
    visit("Department check 部门核查", inquiry_lifecycle);
    visit("Assistance ticket 协查单", ticket_lifecycle);
    visit("Finding 认定", finding_lifecycle);
    visit("Late entry of a service 送达补录", late_service_lifecycle);
    visit("Revocation of a finding 撤销认定", revocation_lifecycle);
    visit("Record draft 信用记录草稿", draft_lifecycle);
    visit("Credit record 信用记录", record_lifecycle);
    visit("Objection 异议", objection_lifecycle);
    visit("Repair 信用修复", repair_lifecycle);
    visit("Publicity 公示", publicity_lifecycle);
    visit("Serious listing 列入严重失信主体名单", listing_lifecycle);
    visit("Removal 撤除", removal_lifecycle);
    visit("Submission batch 报送批次", batch_lifecycle);
    visit("Reported record 报送记录", submission_lifecycle);
    visit("Credit code 统一社会信用代码登记", credit_code_lifecycle);
    visit("Matter proposal 事项版本提议", matter_proposal_lifecycle);
    visit("Grant 授权", grant_lifecycle);
    visit("Subscription 订阅推送", subscription_lifecycle);
    visit("Erasure 销毁", erasure_lifecycle);
    visit("Exposure 曝光与纠正", exposure_lifecycle);
    visit("Campaign 专项治理", campaign_lifecycle);
    visit("Campaign task 专项治理任务", campaign_task_lifecycle);
}

/// The text of docs/lifecycles.md: every diagram, from the tables.
std::string lifecycles_document();

}  // namespace sponsio::domain

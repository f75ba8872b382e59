#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/task_lifecycle.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>

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
    expire
};
std::span<Word<CommitmentState> const> words_of(CommitmentState);
std::span<Word<CommitmentEvent> const> words_of(CommitmentEvent);

struct NoFacts {};

using CommitmentLifecycle = Lifecycle<CommitmentState, CommitmentEvent, NoFacts>;
extern CommitmentLifecycle const commitment_lifecycle;

/// What the conclusion of a check means for the commitment.
CommitmentEvent commitment_event_of(CheckResult result);

// -------------------------------------------------------------------------------------------------- finding
enum class FindingState {
    drafted,
    reviewed,
    prior_notice_served,
    defended,
    waived,
    decided,
    served,
    under_remedy,
    effective,
    dismissed,
    cancelled
};
enum class FindingEvent {
    confirm,
    reject,
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
    remedy_overturned
};
std::span<Word<FindingState> const> words_of(FindingState);
std::span<Word<FindingEvent> const> words_of(FindingEvent);

struct FindingFacts {
    std::optional<AccountId> actor;  ///< nobody where the system itself moves it by a clock
    AccountId drafted_by;
    std::optional<AccountId> reviewed_by;
    Instant now;
    /// First instants after the period for statement and defence and after that for remedies; nothing while
    /// no calendar knows them.
    std::optional<Instant> defence_until;
    std::optional<Instant> remedy_until;
    bool dismissal_to_serve = false;  ///< it was dismissed by decision, and that paper was not served yet
};

using FindingLifecycle = Lifecycle<FindingState, FindingEvent, FindingFacts>;
extern FindingLifecycle const finding_lifecycle;

// ---------------------------------------------------------------------------------------- submission (batch)
enum class BatchState { queued, sent, unknown, answered };
enum class BatchEvent { send, answer, lose_answer, not_there };
std::span<Word<BatchState> const> words_of(BatchState);
std::span<Word<BatchEvent> const> words_of(BatchEvent);
using BatchLifecycle = Lifecycle<BatchState, BatchEvent, NoFacts>;
extern BatchLifecycle const batch_lifecycle;

// --------------------------------------------------------------------------------------- submission (record)
enum class SubmissionState { queued, batched, accepted, rejected };
enum class SubmissionEvent { gather, accept, reject };
std::span<Word<SubmissionState> const> words_of(SubmissionState);
std::span<Word<SubmissionEvent> const> words_of(SubmissionEvent);
using SubmissionLifecycle = Lifecycle<SubmissionState, SubmissionEvent, NoFacts>;
extern SubmissionLifecycle const submission_lifecycle;

/// docs/lifecycles.md: every diagram, from the tables.
std::string lifecycles_document();

}  // namespace sponsio::domain

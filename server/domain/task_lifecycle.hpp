#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"

#include <optional>
#include <span>

/// The check that watches over a commitment, and the two requests that another person decides while it is
/// open or after it: that somebody is recused, that it is opened again.
namespace sponsio::domain {

enum class TaskState { created, assigned, in_progress, waiting_assist, concluded, closed, cancelled };

/// A task has one or more seats. Seat 1 leads: where it is empty the task is `created`.
enum class TaskEvent {
    claim,       ///< somebody takes the lead
    join,        ///< somebody takes another seat
    assign,      ///< a supervisor or the draw puts somebody into the empty lead
    replace,     ///< a supervisor or the draw fills a seat, or puts somebody in the place of somebody else
    hand_back,   ///< the lead gives it back
    stand_down,  ///< another inspector gives their seat back
    leave,       ///< a seat other than the lead's is empty now: recused, or the account was closed
    vacate,      ///< likewise the lead's
    start,
    assist_sent,     ///< somebody else was asked in writing
    assist_replied,  ///< and answered
    assist_overdue,  ///< and did not, in time
    conclude,
    sign_off,   ///< an inspector who does not lead stands by the conclusion
    dissent,    ///< or does not: it must be redone
    set_aside,  ///< who concluded was recused, so it must be redone
    close,
    auto_close,  ///< a department's data match; no person was needed
    reopen,
    cancel,
    warned,             ///< an alarm of the rule pack, before or at the due time
    escalated,          ///< likewise, to somebody's superior
    too_few_inspectors  ///< the draw has nobody left for a seat
};
std::span<Word<TaskState> const> words_of(TaskState);
std::span<Word<TaskEvent> const> words_of(TaskEvent);

enum class CheckResult { consistent, inconsistent, cannot_verify, non_cooperation };
std::span<Word<CheckResult> const> words_of(CheckResult);

struct TaskFacts {
    AccountId actor;
    std::optional<AccountId> assignee;  ///< the lead
    AccountId filed_by;                 ///< who filed the commitment: nobody checks their own filing
    std::size_t evidence_count;         ///< pieces recorded so far
    std::optional<CheckResult> result;
    std::optional<AccountId> concluded_by{};
    std::optional<AccountId> candidate{};  ///< who is to take a seat; nothing: the actor
    bool seated = false;                   ///< the candidate sits in a seat of this task
    bool recused = false;                  ///< the candidate was recused from this task
    bool conflicted = false;               ///< the candidate declared that they must not check this committer
    bool signed_off = false;               ///< the actor signed off already
    bool drawn = false;                    ///< its seats are filled by chance
    int empty_seats = 0;
    int unsigned_seats = 0;  ///< seats besides the lead's whose inspector has not signed off
};

using TaskLifecycle = Lifecycle<TaskState, TaskEvent, TaskFacts>;
extern TaskLifecycle const task_lifecycle;

// ------------------------------------------------------------------------------------------------- recusal
enum class RecusalState { requested, granted, refused };
enum class RecusalEvent { grant, refuse };
std::span<Word<RecusalState> const> words_of(RecusalState);
std::span<Word<RecusalEvent> const> words_of(RecusalEvent);

struct RecusalFacts {
    AccountId actor;
    AccountId inspector;
    AccountId requested_by;
};

using RecusalLifecycle = Lifecycle<RecusalState, RecusalEvent, RecusalFacts>;
extern RecusalLifecycle const recusal_lifecycle;

// ----------------------------------------------------------------------------------------------- reopening
enum class ReopeningState { requested, approved, refused };
enum class ReopeningEvent { approve, refuse };
std::span<Word<ReopeningState> const> words_of(ReopeningState);
std::span<Word<ReopeningEvent> const> words_of(ReopeningEvent);

struct ReopeningFacts {
    AccountId actor;
    AccountId requested_by;
    std::size_t new_evidence;  ///< pieces added since the request
    bool live_finding;         ///< a finding rests on the check
};

using ReopeningLifecycle = Lifecycle<ReopeningState, ReopeningEvent, ReopeningFacts>;
extern ReopeningLifecycle const reopening_lifecycle;

}  // namespace sponsio::domain

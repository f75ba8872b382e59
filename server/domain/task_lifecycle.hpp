#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>
#include <span>

namespace sponsio {

using RetractionId = Id<struct RetractionTag>;

}  // namespace sponsio

/// The lifecycles of a verification task (核查任务) and of the three requests that another person decides: a
/// recusal, a reopening and a retraction.
namespace sponsio::domain {

enum class TaskState { created, assigned, in_progress, waiting_assist, concluded, closed, cancelled };

/// A task has one or more seats. The inspector in seat 1 leads; while it is empty the task is `created`.
enum class TaskEvent {
    claim,       ///< somebody takes the lead
    join,        ///< somebody takes another seat
    assign,      ///< a supervisor or the draw puts somebody into the empty lead
    replace,     ///< a supervisor or the draw fills a seat, or puts somebody in the place of somebody else
    hand_back,   ///< the lead gives it back
    stand_down,  ///< another inspector gives their seat back
    leave,       ///< a seat other than the lead's is empty now: recused, or the account was closed
    vacate,      ///< the lead's seat is empty now: recused, or the account was closed
    start,
    assist_sent,     ///< somebody else was asked in writing
    assist_replied,  ///< and answered
    assist_overdue,  ///< and did not, in time
    conclude,
    sign_off,   ///< an inspector who does not lead stands by the conclusion
    dissent,    ///< an inspector who does not lead rejects the conclusion: it must be redone
    set_aside,  ///< the inspector who concluded was recused: it must be redone
    take_back,  ///< the conclusion was a slip, and another person let it be taken back: it must be redone
    close,
    auto_close,  ///< a department's data match; no person was needed
    reopen,
    cancel,
    warned,              ///< an alarm of the rule pack, before or at the due time
    escalated,           ///< an alarm of the rule pack to the assignee's superior
    too_few_inspectors,  ///< the draw has nobody left for a seat
    calendar_known       ///< the calendar of a year was announced, and the check has its last day now
};

constexpr auto words_of(TaskState) {
    using enum TaskState;
    return std::to_array<Word<TaskState>>({{created, "created"},
                                           {assigned, "assigned"},
                                           {in_progress, "in_progress"},
                                           {waiting_assist, "waiting_assist"},
                                           {concluded, "concluded"},
                                           {closed, "closed"},
                                           {cancelled, "cancelled"}});
}

constexpr auto words_of(TaskEvent) {
    using enum TaskEvent;
    return std::to_array<Word<TaskEvent>>({{claim, "claim"},
                                           {join, "join"},
                                           {assign, "assign"},
                                           {replace, "replace"},
                                           {hand_back, "hand_back"},
                                           {stand_down, "stand_down"},
                                           {leave, "leave"},
                                           {vacate, "vacate"},
                                           {start, "start"},
                                           {assist_sent, "assist_sent"},
                                           {assist_replied, "assist_replied"},
                                           {assist_overdue, "assist_overdue"},
                                           {conclude, "conclude"},
                                           {sign_off, "sign_off"},
                                           {dissent, "dissent"},
                                           {set_aside, "set_aside"},
                                           {take_back, "take_back"},
                                           {close, "close"},
                                           {auto_close, "auto_close"},
                                           {reopen, "reopen"},
                                           {cancel, "cancel"},
                                           {warned, "warned"},
                                           {escalated, "escalated"},
                                           {too_few_inspectors, "too_few_inspectors"},
                                           {calendar_known, "calendar_known"}});
}

enum class CheckResult { consistent, inconsistent, cannot_verify, non_cooperation };

constexpr auto words_of(CheckResult) {
    using enum CheckResult;
    return std::to_array<Word<CheckResult>>({{consistent, "consistent"},
                                             {inconsistent, "inconsistent"},
                                             {cannot_verify, "cannot_verify"},
                                             {non_cooperation, "non_cooperation"}});
}

struct TaskFacts {
    PersonId actor;
    std::optional<PersonId> assignee;  ///< the lead
    PersonId filed_by;                 ///< who filed the commitment: nobody checks their own filing
    std::size_t evidence_count;        ///< pieces recorded so far
    std::optional<CheckResult> result;
    std::optional<PersonId> concluded_by{};
    std::optional<PersonId> candidate{};  ///< the inspector who is to take a seat; nothing: the actor
    bool seated = false;                  ///< the candidate sits in a seat of this task
    bool recused = false;                 ///< the candidate was recused from this task
    bool conflicted = false;              ///< the candidate declared that they must not check this committer
    bool signed_off = false;              ///< the actor signed off already
    bool drawn = false;                   ///< its seats are filled by chance
    bool unknown = false;                 ///< nobody entered who the actor is
    int empty_seats = 0;
    int unsigned_seats = 0;  ///< seats besides the lead's whose inspector has not signed off
};

/// What made the check.
enum class TaskSource { deadline, draw, first_time, complaint, clue, data_alert };

/// Why a task is in the queue: what made it, where it stands, what it waits for.
enum class TaskReason {
    deadline,
    drawn,
    first_time,
    complaint,
    clue,
    data_alert,
    reopened,
    due_soon,
    overdue,
    escalated,
    handed_back,
    reassigned,
    recused,
    account_closed,
    needs_second_inspector,
    too_few_inspectors,
    sign_off_missing,
    department_match,
    department_mismatch,
    department_other_person,
    department_not_held,
    department_silent,
    assist_open,
    assist_overdue
};

constexpr auto words_of(TaskSource) {
    using enum TaskSource;
    return std::to_array<Word<TaskSource>>({{deadline, "deadline"},
                                            {draw, "draw"},
                                            {first_time, "first_time"},
                                            {complaint, "complaint"},
                                            {clue, "clue"},
                                            {data_alert, "data_alert"}});
}

constexpr auto words_of(TaskReason) {
    using enum TaskReason;
    return std::to_array<Word<TaskReason>>({{deadline, "deadline"},
                                            {drawn, "drawn"},
                                            {first_time, "first_time"},
                                            {complaint, "complaint"},
                                            {clue, "clue"},
                                            {data_alert, "data_alert"},
                                            {reopened, "reopened"},
                                            {due_soon, "due_soon"},
                                            {overdue, "overdue"},
                                            {escalated, "escalated"},
                                            {handed_back, "handed_back"},
                                            {reassigned, "reassigned"},
                                            {recused, "recused"},
                                            {account_closed, "account_closed"},
                                            {needs_second_inspector, "needs_second_inspector"},
                                            {too_few_inspectors, "too_few_inspectors"},
                                            {sign_off_missing, "sign_off_missing"},
                                            {department_match, "department_match"},
                                            {department_mismatch, "department_mismatch"},
                                            {department_other_person, "department_other_person"},
                                            {department_not_held, "department_not_held"},
                                            {department_silent, "department_silent"},
                                            {assist_open, "assist_open"},
                                            {assist_overdue, "assist_overdue"}});
}

/// The reason for a task that was made so.
constexpr TaskReason reason_of(TaskSource source) {
    switch (source) {
        case TaskSource::deadline: return TaskReason::deadline;
        case TaskSource::draw: return TaskReason::drawn;
        case TaskSource::first_time: return TaskReason::first_time;
        case TaskSource::complaint: return TaskReason::complaint;
        case TaskSource::clue: return TaskReason::clue;
        case TaskSource::data_alert: break;
    }
    return TaskReason::data_alert;
}

using TaskLifecycle = Lifecycle<TaskState, TaskEvent, TaskFacts>;
extern TaskLifecycle const task_lifecycle;

// ------------------------------------------------------------------------------------------------- recusal
enum class RecusalState { requested, granted, refused };
enum class RecusalEvent { grant, refuse };

constexpr auto words_of(RecusalState) {
    using enum RecusalState;
    return std::to_array<Word<RecusalState>>(
        {{requested, "requested"}, {granted, "granted"}, {refused, "refused"}});
}

constexpr auto words_of(RecusalEvent) {
    using enum RecusalEvent;
    return std::to_array<Word<RecusalEvent>>({{grant, "grant"}, {refuse, "refuse"}});
}

struct RecusalFacts {
    PersonId actor;
    PersonId inspector;
    PersonId requested_by;
};

using RecusalLifecycle = Lifecycle<RecusalState, RecusalEvent, RecusalFacts>;
extern RecusalLifecycle const recusal_lifecycle;

// ----------------------------------------------------------------------------------------------- reopening
enum class ReopeningState { requested, approved, refused };
enum class ReopeningEvent { approve, refuse };

constexpr auto words_of(ReopeningState) {
    using enum ReopeningState;
    return std::to_array<Word<ReopeningState>>(
        {{requested, "requested"}, {approved, "approved"}, {refused, "refused"}});
}

constexpr auto words_of(ReopeningEvent) {
    using enum ReopeningEvent;
    return std::to_array<Word<ReopeningEvent>>({{approve, "approve"}, {refuse, "refuse"}});
}

struct ReopeningFacts {
    PersonId actor;
    PersonId requested_by;
    std::size_t new_evidence;  ///< pieces added since the request
    bool live_finding;         ///< a finding rests on the task
};

using ReopeningLifecycle = Lifecycle<ReopeningState, ReopeningEvent, ReopeningFacts>;
extern ReopeningLifecycle const reopening_lifecycle;

// ---------------------------------------------------------------------------------------------- retraction
/// A conclusion that was a slip is taken back before anything was built on it.
enum class RetractionState { requested, approved, refused };
enum class RetractionEvent { approve, refuse };

constexpr auto words_of(RetractionState) {
    using enum RetractionState;
    return std::to_array<Word<RetractionState>>(
        {{requested, "requested"}, {approved, "approved"}, {refused, "refused"}});
}

constexpr auto words_of(RetractionEvent) {
    using enum RetractionEvent;
    return std::to_array<Word<RetractionEvent>>({{approve, "approve"}, {refuse, "refuse"}});
}

struct RetractionFacts {
    PersonId actor;
    PersonId requested_by;
    std::optional<PersonId> concluded_by;
    bool built_on;  ///< the commitment has gone on since, or a rectification of it waits
};

using RetractionLifecycle = Lifecycle<RetractionState, RetractionEvent, RetractionFacts>;
extern RetractionLifecycle const retraction_lifecycle;

}  // namespace sponsio::domain

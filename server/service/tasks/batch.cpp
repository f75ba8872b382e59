#include "server/service/tasks/batch.hpp"

#include "server/base/form.hpp"

#include <algorithm>
#include <set>

namespace sponsio::service {
namespace {

using domain::CheckResult;
using domain::TaskState;
using store::LeftBecause;

constexpr domain::Length long_text{.max = 4000};

std::optional<AccountId> optional_account(domain::Fields& fields, std::string_view name) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return std::nullopt;
    auto const id = AccountId::parse(*text);
    if (!id) fields.refuse(name, reason::bad_format, form::uuid);
    return id;
}

/// The actor gives their own seat back.
Outcome<void> give_back(TaskCase& check, store::InspectorRow const& seat) {
    bool const running =
        check.task.state == TaskState::in_progress || check.task.state == TaskState::waiting_assist;
    // Before the start it is the step that exists for it; afterwards the lead's seat is vacated.
    if (!running) return hand_back(check);
    return replace_inspector(check, seat, LeftBecause::handed_back, {});
}

}  // namespace

TaskClaims TaskClaims::read(domain::Fields& fields) {
    TaskClaims claim;
    claim.all_or_none = fields.optional_boolean("all_or_none").value_or(false);
    bool const from_queue = fields.optional_object("from_queue", [&](domain::Fields& queue) {
        claim.count = static_cast<int>(queue.integer("count", 1, most_at_once));
        claim.due_before = queue.optional_date("due_before");
    });
    if (from_queue) return claim;
    std::set<TaskId> seen;
    auto const listed = fields.texts("task_ids", {.min = 1, .max = most_at_once}, {.max = 64});
    for (std::size_t i = 0; i != listed.size(); ++i) {
        auto const id = TaskId::parse(listed[i]);
        if (!id)
            fields.refuse_element("task_ids", i, reason::bad_format, {.form = &form::uuid});
        else if (!seen.insert(*id).second)
            fields.refuse_element("task_ids", i, reason::listed_twice);
        else
            claim.tasks.push_back(*id);
    }
    return claim;
}

TaskClosures TaskClosures::read(domain::Fields& fields) {
    TaskClosures closure;
    closure.all_or_none = fields.optional_boolean("all_or_none").value_or(false);
    Date const day = fields.date("checked_on");
    std::string const summary = fields.text("summary", long_text);
    std::set<TaskId> seen;
    fields.objects("items", {.min = 1, .max = most_at_once}, [&](domain::Fields& item) {
        auto const task = item.id<TaskId>("task_id");
        if (!seen.insert(task).second) item.refuse("task_id", reason::listed_twice);
        closure.items.push_back({task,
                                 {CheckResult::consistent, item.optional_date("checked_on").value_or(day),
                                  item.optional_text("summary", long_text).value_or(summary)}});
    });
    return closure;
}

HandOver HandOver::read(domain::Fields& fields) {
    return {optional_account(fields, "from"), optional_account(fields, "to"), fields.text("why", long_text)};
}

Outcome<void> close_as_consistent(TaskCase& check, Vault const& vault, Conclusion const& conclusion) {
    if (check.task.state == TaskState::assigned)
        if (auto started = start(check); !started) return started;
    if (check.task.state != TaskState::concluded) {
        if (auto concluded = conclude(check, vault, conclusion); !concluded) return concluded;
        // The database looks at the signatures of a task that was concluded before it is closed.
        check.save();
    } else if (check.task.result != CheckResult::consistent) {
        return fault(problem::conflict, "This check is concluded with another result.",
                     "该核查已作出其他结论。");
    }
    return close(check);
}

Outcome<void> hand_over(TaskCase& check, OversightParts const& parts, AccountId from, HandOver const& wish) {
    bool const own = from == *check.by;
    store::InspectorRow const* sitting = check.sitting(from);
    if (!sitting || check.task.closed_at)
        return fault(problem::conflict, "This person no longer has a seat in the task.",
                     "该人员已不在本任务中。");
    store::InspectorRow const seat = *sitting;
    if (own && check.task.state == TaskState::concluded)
        return fault(problem::conflict, "A concluded check is closed, not handed over.",
                     "已作出结论的核查应予办结，不得移交。");
    if (check.drawn() && own)
        return fault(problem::forbidden,
                     "A drawn inspector leaves by recusal or reassignment, not by handing over.",
                     "随机抽取的核查人员只能经回避或重新指派退出，不得自行移交。");
    if (check.drawn() && !wish.to)
        return fault(problem::conflict, "A drawn check is handed to a person, not to the queue.",
                     "随机抽取的核查任务应当移交给具体人员，不得退回队列。");
    if (!wish.to) {
        auto const done =
            own ? give_back(check, seat) : replace_inspector(check, seat, LeftBecause::reassigned, {});
        if (!done) return done;
    } else {
        if (auto fit = is_verifier_of(check.db, *wish.to, check.task.organisation); !fit) return fit;
        if (auto done = put_into_seat(check, seat, {seat.seat, *wish.to, {}}); !done) return done;
    }
    keep_note(check, parts.vault, store::NoteKind::reassignment, wish.why);
    if (!check.drawn() || !parts.reseat) return {};
    return parts.reseat(check.db, {.task = check.task, .seat = seat.seat, .decided_by = *check.by}, check.at);
}

}  // namespace sponsio::service

#include "server/service/tasks/reasons.hpp"

#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::TaskReason;
using domain::TaskState;
using store::InspectorRow;
using store::LeftBecause;
using store::TaskRow;

constexpr int most_seats = 5;

/// The reason for a seat that somebody left so.
TaskReason reason_of(LeftBecause why) {
    switch (why) {
        case LeftBecause::recused: return TaskReason::recused;
        case LeftBecause::handed_back: return TaskReason::handed_back;
        case LeftBecause::reassigned: return TaskReason::reassigned;
        case LeftBecause::account_closed: break;
    }
    return TaskReason::account_closed;
}

/// The inspector in each seat of one task, and the last one who left it.
struct Seats {
    std::array<InspectorRow const*, most_seats + 1> sitting{};
    std::array<InspectorRow const*, most_seats + 1> last_left{};

    explicit Seats(auto range) {
        for (auto it = range.first; it != range.second; ++it) {
            InspectorRow const& one = it->second;
            auto const seat = static_cast<std::size_t>(one.seat);
            (one.sits() ? sitting : last_left)[seat] = &one;
        }
    }
};

}  // namespace

class ReasonBook::List {
  public:
    void add(TaskReason reason, Instant since, std::optional<std::string> const& rule = {}) {
        if (!seen_.insert(reason).second) return;
        items_.emplace_back(JsonObject{{"reason", domain::word(reason)},
                                       {"since", to_rfc3339(since)},
                                       {"rule", rule ? Json(ClockText::split(*rule).rule) : Json()}});
    }

    json::Array take() { return std::move(items_); }

  private:
    json::Array items_;
    std::set<TaskReason> seen_;  ///< each reason once: two seats may be empty for the same one
};

ReasonBook::ReasonBook(db::PgSession& db, std::span<TaskRow const> tasks, Instant now) : now_(now) {
    if (tasks.empty()) return;
    std::vector<TaskId> ids;
    std::map<OrganisationId, std::vector<Instant>> due;
    for (TaskRow const& task : tasks) {
        ids.push_back(task.id);
        if (!task.closed_at && task.due_at > now) due[task.organisation].push_back(task.due_at);
    }
    seats_ = store::inspectors_of(db, ids);
    noted_ = store::reasons_of(db, ids);
    for (store::EscalationRow& row : store::escalations_of(db, ids)) {
        TaskId const id = row.task;
        escalated_.emplace(id, std::move(row));
    }
    for (auto const& [unit, times] : due)
        for (store::AlarmRow& alarm : store::alarms_of(db, unit, times))
            if (alarm.action == domain::AlarmAction::warn && !alarm.waits_for && alarm.run_at <= now)
                warnings_.push_back(std::move(alarm));
}

Json ReasonBook::of(TaskRow const& task) const {
    if (task.closed_at) return json::Array{};
    List list;
    list.add(domain::reason_of(task.source), task.created_at, task.rule);
    if (task.reopened_at) list.add(TaskReason::reopened, *task.reopened_at);
    add_seats(list, task);
    add_clock(list, task);
    for (auto [it, end] = noted_.equal_range(task.id); it != end; ++it)
        list.add(it->second.reason, it->second.since, it->second.rule);
    return list.take();
}

void ReasonBook::add_clock(List& list, TaskRow const& task) const {
    if (now_ >= task.due_at) list.add(TaskReason::overdue, task.due_at, task.rule);
    for (store::AlarmRow const& alarm : warnings_)
        if (alarm.organisation == task.organisation && alarm.due_at == task.due_at)
            list.add(TaskReason::due_soon, alarm.run_at, alarm.rule);
    for (auto [it, end] = escalated_.equal_range(task.id); it != end; ++it)
        list.add(TaskReason::escalated, it->second.at, it->second.rule);
}

void ReasonBook::add_seats(List& list, TaskRow const& task) const {
    Seats const seats(seats_.equal_range(task.id));
    for (std::size_t seat = 1; seat <= static_cast<std::size_t>(task.inspectors_needed); ++seat) {
        InspectorRow const* here = seats.sitting[seat];
        InspectorRow const* left = seats.last_left[seat];
        if (here) {
            if (here->how == store::SeatedBy::reassign) list.add(TaskReason::reassigned, here->assigned_at);
            bool const must_sign = task.state == TaskState::concluded && seat != 1;
            if (must_sign && !here->signed_off_at)
                list.add(TaskReason::sign_off_missing, task.concluded_at.value_or(task.created_at));
            continue;
        }
        Instant const since = left ? *left->left_at : task.created_at;
        if (left) list.add(reason_of(*left->left_why), since);
        if (task.draw)
            list.add(TaskReason::too_few_inspectors, since);
        else if (task.assignee)
            list.add(TaskReason::needs_second_inspector, since);
    }
}

Json ReasonBook::inspectors(TaskRow const& task) const {
    Seats const seats(seats_.equal_range(task.id));
    json::Array accounts;
    for (InspectorRow const* one : seats.sitting)
        if (one) accounts.emplace_back(one->account.text());
    return accounts;
}

}  // namespace sponsio::service

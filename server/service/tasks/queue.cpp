#include "server/service/tasks/queue.hpp"

#include "server/service/tasks/reasons.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/task_queue.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using Place = std::optional<std::pair<Instant, TaskId>>;

/// The key of a task has the last instant before its end.
Outcome<Place> behind_key(std::string const& key) {
    auto place = place_of<TaskId>(key);
    if (place && *place) (*place)->first += std::chrono::microseconds{1};
    return place;
}

/// The position after everything that is due at `now` or before.
Place behind(Instant now) {
    Uuid last;
    last.bytes.fill(0xff);
    return Place{{now, TaskId{last}}};
}

/// Narrows a unit's queue to its urgent tasks; false if there are none.
bool narrow(db::PgSession& db, store::TaskQueue& queue, Pressing pressing, Instant now) {
    Instant until = now;
    if (pressing == Pressing::due_soon) {
        auto const warned = store::warned_until(db, queue.organisation, now);
        if (!warned) return false;
        until = *warned;
        queue.after = std::max(queue.after, behind(now));
    }
    queue.due_by = std::min(queue.due_by.value_or(until), until);
    return true;
}

}  // namespace

Outcome<Page> queue_page(db::PgSession& db, domain::Official const& who, QueueFilter const& question,
                         Instant now) {
    auto const after = behind_key(question.after);
    if (!after) return after.error();
    store::TaskQueue queue{.organisation = who.organisation,
                           .inspector = std::nullopt,
                           .state = question.state,
                           .due_by = std::nullopt,
                           .after = *after,
                           .limit = question.limit};
    if (question.mine) queue.inspector = who.account;
    if (question.due_before) queue.due_by = china_midnight(*question.due_before);
    std::vector<store::TaskRow> tasks;
    if (question.pressing == Pressing::escalated)
        tasks = store::escalated_tasks(db, who.organisation, *after, question.limit);
    else if (!question.pressing || narrow(db, queue, *question.pressing, now))
        tasks = store::tasks_in(db, queue);
    Page page;
    for (JsonObject& head : task_heads(db, tasks, now)) page.items.emplace_back(std::move(head));
    name_people(db, page.items);
    if (!tasks.empty()) page.last_key = list_key(last_instant(tasks.back().due_at), tasks.back().id.text());
    return page;
}

std::vector<JsonObject> task_heads(db::PgSession& db, std::span<store::TaskRow const> tasks, Instant now) {
    ReasonBook const reasons(db, tasks, now);
    std::vector<TaskId> drawn;
    for (store::TaskRow const& t : tasks)
        if (t.draw) drawn.push_back(t.id);
    auto const objects = drawn.empty() ? std::map<TaskId, std::string>{} : store::objects_of(db, drawn);
    std::vector<JsonObject> heads;
    for (store::TaskRow const& t : tasks) {
        auto const object = objects.find(t.id);
        heads.push_back({{"task_id", t.id.text()},
                         {"state", domain::word(t.state)},
                         {"commitment_code", t.commitment_code},
                         {"mode", t.mode},
                         {"source", domain::word(t.source)},
                         {"draw_id", or_null(t.draw)},
                         {"object", object == objects.end() ? Json() : Json(object->second)},
                         {"created_at", to_rfc3339(t.created_at)},
                         {"due_on", t.waits_for ? Json() : Json(to_iso(last_day(t.due_at)))},
                         {"due_at", t.waits_for ? Json() : Json(to_rfc3339(last_instant(t.due_at)))},
                         {"waits_for_calendar", or_null(t.waits_for)},
                         {"rule", ClockText::split(t.rule).rule},
                         {"explanation", ClockText::split(t.rule).explanation()},
                         {"assignee", or_null(t.assignee)},
                         {"inspectors_needed", t.inspectors_needed},
                         {"inspectors", reasons.inspectors(t)},
                         {"reasons", reasons.of(t)}});
    }
    return heads;
}

}  // namespace sponsio::service

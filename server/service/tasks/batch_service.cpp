#include "server/service/tasks/batch_service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/service/tasks/inspection.hpp"
#include "server/service/tasks/presence.hpp"
#include "server/service/tasks/queue.hpp"
#include "server/store/organisations.hpp"
#include "server/store/savepoint.hpp"
#include "server/store/task_batches.hpp"

#include <algorithm>
#include <map>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr char const* location = "/v1/verifications";

Fault no_such_task() {
    return fault(problem::not_found, "Nothing that you may see has this name or number.",
                 "没有您可以查看的、具有该名称或编号的内容。");
}

Fault another_was_refused() {
    return fault(problem::conflict, "Nothing was done: another task of this request was refused.",
                 "未办理：本次请求中的其他任务未获准许。");
}

}  // namespace

/// What became of each task.
struct BatchService::Report {
    db::PgSession& db;
    OversightParts const& parts;
    Caller<Official> const& caller;
    Instant now;
    std::vector<std::pair<TaskId, std::optional<Fault>>> items{};
    JsonObject further{};  ///< what the answer says beside its items

    [[nodiscard]] bool all_done() const {
        return std::ranges::none_of(items, [](auto const& item) { return item.second.has_value(); });
    }

    /// Does the step of one task; what it did is undone if it is refused.
    template <class Act>
    bool add(TaskId id, Act act) {
        store::Savepoint part(db);
        auto const done = one(id, act);
        if (done) part.keep();
        items.emplace_back(id, done ? std::nullopt : std::optional(done.error()));
        return done.has_value();
    }

    /// The tasks in the order of their ids, in which everybody locks them.
    template <class Ids, class Act>
    void add_all(Ids ids, Act act) {
        std::vector<TaskId> const asked(ids.begin(), ids.end());
        std::ranges::sort(ids);
        for (TaskId const& id : ids) add(id, act);
        auto const place = [&](auto const& item) {
            return std::ranges::find(asked, item.first) - asked.begin();
        };
        std::ranges::sort(items, {}, place);
    }

    /// If the request was done or not at all, no task of it was done.
    void undo_all() {
        for (auto& [id, refused] : items)
            if (!refused) refused = another_was_refused();
    }

    [[nodiscard]] Json answer(TellRefusal const& tell) const;

  private:
    template <class Act>
    Outcome<void> one(TaskId id, Act act) try {
        auto task = lock_own_task(db, *caller.who, id);
        if (!task) return no_such_task();
        TaskCase check(db, std::move(*task), caller.who->account, now);
        if (Outcome<void> done = act(check); !done) return done;
        check.save();
        return {};
    } catch (db::DbError const& error) {
        if (auto refused = seat_fault(error)) return *refused;
        throw;
    }
};

Json BatchService::Report::answer(TellRefusal const& tell) const {
    std::vector<TaskId> done;
    for (auto const& [id, refused] : items)
        if (!refused) done.push_back(id);
    auto const rows = store::tasks_by_id(db, done);
    auto heads = task_heads(db, rows, now);
    std::map<TaskId, JsonObject*> head_of;
    for (std::size_t i = 0; i != rows.size(); ++i) head_of.emplace(rows[i].id, &heads[i]);
    json::Array list;
    for (auto const& [id, refused] : items) {
        JsonObject item{{"task_id", id.text()}};
        if (refused)
            item.add("status", refused->problem->status).add("problem", tell(*refused));
        else
            item.add("status", 200).add("task", std::move(*head_of.at(id)));
        list.emplace_back(std::move(item));
    }
    JsonObject view{
        {"items", std::move(list)}, {"done", done.size()}, {"refused", items.size() - done.size()}};
    for (auto const& [name, value] : further) view.add(name, value);
    return view;
}

/// `fill` is Outcome<void>(Report&).
template <class Fill>
Async<Created> BatchService::once_for_all(Caller<Official> const& caller, RequestOnce once, TellRefusal tell,
                                          bool all_or_none, Fill fill) {
    return parts_.db.run(
        caller.deadline,
        [this, caller, once = std::move(once), tell = std::move(tell), all_or_none,
         fill = std::move(fill)](db::PgSession& session) -> Outcome<Created> {
            Instant const now = parts_.clock.now();
            std::optional<Json> nothing_done;
            auto made = create_once(
                session, parts_.vault, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                    nothing_done.reset();
                    Report report{db, parts_, caller, now};
                    if (auto filled = fill(report); !filled) return filled.error();
                    if (all_or_none && !report.all_done()) {
                        report.undo_all();
                        nothing_done = report.answer(tell);
                        return another_was_refused();  // rolls back; the key may be used again
                    }
                    return Made{location, report.answer(tell)};
                });
            if (!made && nothing_done) return Created{json::write(*nothing_done), location, false};
            return made;
        });
}

Async<Created> BatchService::claim(Caller<Official> const& caller, RequestOnce once, TaskClaims wish,
                                   TellRefusal tell) {
    bool const all_or_none = wish.all_or_none;
    return once_for_all(
        caller, std::move(once), std::move(tell), all_or_none,
        [wish = std::move(wish)](Report& report) -> Outcome<void> {
            if (wish.count == 0) {
                report.add_all(wish.tasks, [](TaskCase& check) { return service::claim(check); });
                return {};
            }
            Official const& who = *report.caller.who;
            if (auto here = is_here(report.db, who.account, report.now); !here) return here;
            store::Unclaimed wanted{
                .organisation = who.organisation,
                .not_filed_by = who.account,
                .due_by = wish.due_before ? std::optional(china_midnight(*wish.due_before)) : std::nullopt,
                .limit = wish.count};
            auto const taken = [&] { return static_cast<int>(report.items.size()); };
            // What this person may not take is passed over; after so many looks the rest stays for others.
            for (int looks = 0; looks != 5 && taken() != wish.count; ++looks) {
                auto const next = store::lock_unclaimed(report.db, wanted);
                if (next.empty()) break;
                wanted.after = next.back();
                for (auto const& [due, id] : next) {
                    if (taken() == wish.count) break;
                    if (!report.add(id, [](TaskCase& check) { return service::claim(check); }))
                        report.items.pop_back();
                }
            }
            if (wish.all_or_none && taken() != wish.count)
                return fault(problem::conflict,
                             "The queue has " + std::to_string(taken()) + " tasks that you may take.",
                             "队列中您可以领取的任务只有 " + std::to_string(taken()) + " 项。");
            return {};
        });
}

Async<Created> BatchService::close(Caller<Official> const& caller, RequestOnce once, TaskClosures wish,
                                   TellRefusal tell) {
    bool const all_or_none = wish.all_or_none;
    return once_for_all(
        caller, std::move(once), std::move(tell), all_or_none,
        [wish = std::move(wish)](Report& report) -> Outcome<void> {
            std::vector<TaskId> tasks;
            for (auto const& item : wish.items) tasks.push_back(item.task);
            report.add_all(tasks, [&](TaskCase& check) -> Outcome<void> {
                auto const item = std::ranges::find(wish.items, check.task.id, &TaskClosures::Item::task);
                auto grounds =
                    check_grounds(check, report.parts.rules, *report.caller.who, item->conclusion.result);
                if (!grounds) return grounds;
                auto visit =
                    settle_inspection(check, report.parts.rules, *report.caller.who, item->conclusion);
                if (!visit) return visit;
                return close_as_consistent(check, report.parts.vault, item->conclusion);
            });
            return {};
        });
}

Async<Created> BatchService::hand_over(Caller<Official> const& caller, RequestOnce once, HandOver wish,
                                       TellRefusal tell) {
    return once_for_all(
        caller, std::move(once), std::move(tell), false,
        [wish = std::move(wish)](Report& report) -> Outcome<void> {
            Official const& who = *report.caller.who;
            AccountId const from = wish.from.value_or(who.account);
            bool const own = from == who.account;
            if (!own && !who.roles.has(domain::Role::supervisor))
                return fault(problem::forbidden, "Only a supervisor hands over the work of somebody else.",
                             "仅监督人员可以移交他人的工作。");
            auto const person = store::account_by_id(report.db, from);
            if (!person || person->organisation != who.organisation)
                return bad_field("/from", reason::no_such_thing, form::known_thing);
            if (wish.to) {
                if (*wish.to == from) return bad_field("/to", reason::not_allowed_here);
                if (auto fit = is_verifier_of(report.db, *wish.to, who.organisation); !fit) return fit;
                if (auto here = is_here(report.db, *wish.to, report.now); !here) return here;
            }
            // A supervisor decides about the checks of the own unit only.
            auto const unit = own ? std::nullopt : std::optional(who.organisation);
            auto const tasks = store::open_tasks_of(report.db, from, unit, static_cast<int>(most_at_once));
            report.add_all(
                tasks, [&](TaskCase& check) { return service::hand_over(check, report.parts, from, wish); });
            report.further.add("remaining", store::count_open_tasks_of(report.db, from, unit));
            return {};
        });
}

}  // namespace sponsio::service

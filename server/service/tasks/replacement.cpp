#include "server/service/tasks/replacement.hpp"

#include "server/service/tasks/presence.hpp"
#include "server/store/organisations.hpp"

namespace sponsio::service {
namespace {

using domain::TaskEvent;
using domain::TaskState;
using store::InspectorRow;
using store::LeftBecause;

constexpr int lead = 1;

/// The next inspector of the draw, if chance may fill this seat.
Outcome<std::optional<Replacement>> next_by_chance(TaskCase const& check, InspectorRow const& leaving,
                                                   LeftBecause why, Redraw const& redraw) {
    bool const by_chance = why == LeftBecause::recused && check.drawn() && redraw;
    if (!by_chance) return std::optional<Replacement>{};
    return redraw(
        check.db,
        {.task = check.task, .seat = leaving.seat, .account = leaving.account, .decided_by = *check.by},
        check.at);
}

/// Whether the drawn successor may take the seat: neither gone nor away, and not put into another seat by a
/// supervisor.
bool can_come(TaskCase const& check, AccountId account) {
    return !check.sitting(account) && !store::account_by_id(check.db, account)->closed_at &&
           is_here(check.db, account, check.at);
}

/// Sets aside the conclusion of a lead who should not have made it.
Outcome<void> redo(TaskCase& check) {
    if (auto moved = check.move(TaskEvent::set_aside); !moved) return moved;
    return check.set_aside(store::SetAside::lead_left);
}

Outcome<void> leave_empty(TaskCase& check, int seat, LeftBecause why) {
    bool const concluded = check.task.state == TaskState::concluded;
    auto const event = seat == lead ? TaskEvent::vacate : TaskEvent::leave;
    if (auto moved = check.move(event, {.why = std::string(domain::word(why))}); !moved) return moved;
    if (seat == lead && concluded)
        if (auto redone = check.set_aside(store::SetAside::lead_left); !redone) return redone;
    if (why != LeftBecause::recused || !check.drawn()) return {};
    return check.move(TaskEvent::too_few_inspectors, {.why = "seat " + std::to_string(seat)});
}

}  // namespace

Outcome<void> replace_inspector(TaskCase& check, InspectorRow leaving, LeftBecause why,
                                Redraw const& redraw) {
    auto const next = next_by_chance(check, leaving, why, redraw);
    if (!next) return next.error();
    check.unseat(leaving, why);
    if (!*next || !can_come(check, (*next)->account)) return leave_empty(check, leaving.seat, why);
    auto const moved =
        check.move(TaskEvent::replace,
                   {.candidate = (*next)->account, .by_chance = true, .why = std::string(domain::word(why))});
    if (!moved) return moved;
    check.seat({leaving.seat, (*next)->account, (*next)->ref}, store::SeatedBy::draw);
    if (leaving.seat == lead && check.task.state == TaskState::concluded) return redo(check);
    return {};
}

Outcome<void> put_into_seat(TaskCase& check, std::optional<InspectorRow> leaving,
                            store::Seating const& next) {
    if (auto here = is_here(check.db, next.account, check.at); !here) return here;
    bool const takes_lead = next.seat == lead && check.task.state == TaskState::created;
    auto const event = takes_lead ? TaskEvent::assign : TaskEvent::replace;
    if (auto moved = check.move(event, {.candidate = next.account, .why = "reassigned"}); !moved)
        return moved;
    if (leaving) check.unseat(*leaving, LeftBecause::reassigned);
    check.seat(next, store::SeatedBy::reassign);
    return {};
}

Outcome<void> vacate_seats(db::PgSession& db, AccountId gone, store::LeftBecause why,
                           std::optional<AccountId> actor, Instant now) {
    for (store::TaskRow& task : store::lock_tasks_of_inspector(db, gone)) {
        TaskCase check(db, std::move(task), actor, now);
        InspectorRow const* seat = check.sitting(gone);
        if (!seat || check.task.closed_at) continue;  // they left, or it ended, while it was being locked
        if (auto done = replace_inspector(check, *seat, why, {}); !done) return done;
        check.save();
    }
    return {};
}

}  // namespace sponsio::service

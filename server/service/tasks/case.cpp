#include "server/service/tasks/case.hpp"

#include "server/base/internal.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/conflicts.hpp"
#include "server/store/persons.hpp"

#include <algorithm>

namespace sponsio::service {

using domain::TaskEvent;
using domain::TaskState;
using store::InspectorRow;

namespace {

/// Whether this inspector declared a conflict with that committer, known by the document's index only, with
/// whichever account.
bool declared_conflict(db::PgSession& db, std::vector<AccountId> const& accounts,
                       std::vector<std::uint8_t> const& committer_index) {
    auto const barred = store::subjects_barred_for(db, accounts);
    return std::ranges::any_of(barred, [&](auto const& one) { return one.subject_index == committer_index; });
}

}  // namespace

std::optional<Fault> seat_fault(db::DbError const& error) {
    if (error.kind() != db::ErrorKind::check || error.constraint() != "task_inspector_closed")
        return std::nullopt;
    return fault(problem::conflict, "This account is closed.", "该账号已经停用。");
}

bool is_own_task(db::PgSession& db, domain::Official const& who, store::TaskRow const& task) {
    if (is_own_case(who, task.organisation)) return true;
    return std::ranges::any_of(store::inspectors_of(db, task.id), [&](InspectorRow const& one) {
        return one.sits() && one.account == who.account;
    });
}

Outcome<store::TaskRow> lock_own_task(db::PgSession& db, domain::Official const& who, TaskId id) {
    auto task = store::lock_task(db, id);
    if (!task || !is_own_task(db, who, *task)) return fault(problem::not_found);
    return std::move(*task);
}

Outcome<store::TaskRow> lock_units_task(db::PgSession& db, domain::Official const& who, TaskId id) {
    auto task = store::lock_task(db, id);
    if (!task || !is_own_case(who, task->organisation)) return fault(problem::not_found);
    return std::move(*task);
}

InspectorRow const* TaskCase::sitting(AccountId account) const {
    auto const found = std::ranges::find_if(
        inspectors_, [&](InspectorRow const& one) { return one.sits() && one.account == account; });
    return found == inspectors_.end() ? nullptr : &*found;
}

std::optional<int> TaskCase::empty_seat() const {
    for (int seat = 1; seat <= task.inspectors_needed; ++seat)
        if (std::ranges::none_of(inspectors_,
                                 [&](InspectorRow const& one) { return one.sits() && one.seat == seat; }))
            return seat;
    return std::nullopt;
}

std::vector<InspectorRow> TaskCase::sitting() const {
    std::vector<InspectorRow> now;
    std::ranges::copy_if(inspectors_, std::back_inserter(now), &InspectorRow::sits);
    std::ranges::sort(now, {}, &InspectorRow::seat);
    return now;
}

void TaskCase::seat(store::Seating const& who, store::SeatedBy how) {
    store::seat_inspector(db, task, who, how, at);
    if (who.seat == 1) task.assignee = who.account;
    refresh();
}

void TaskCase::unseat(InspectorRow const& leaving, store::LeftBecause why) {
    if (leaving.seat == 1) task.assignee.reset();
    store::unseat_inspector(db, leaving.place, why, at);
    refresh();
}

void TaskCase::sign(InspectorRow const& inspector) {
    store::sign_off(db, inspector.place, at);
    refresh();
}

Outcome<domain::TaskFacts> TaskCase::facts(About const& about) const {
    auto const commitment = store::commitment_by_code(db, task.commitment_code);
    if (!commitment) return internal("a task without commitment");
    auto const now = sitting();
    AccountId const nobody{Uuid{}};
    AccountId const actor = by.value_or(nobody);
    AccountId const wanted = about.candidate.value_or(actor);
    std::vector<AccountId> accounts{actor, wanted, commitment->filed_by};
    for (auto const& one : {task.assignee, task.concluded_by})
        if (one) accounts.push_back(*one);
    for (InspectorRow const& one : now) accounts.push_back(one.account);
    Persons const persons(db, accounts);
    auto const same = about.candidate ? store::accounts_of_same_person(db, wanted) : std::vector<AccountId>{};
    InspectorRow const* candidate = sitting(wanted);
    return domain::TaskFacts{
        .actor = by ? persons.of(*by) : PersonId{Uuid{}},
        .assignee = persons.of(task.assignee),
        .filed_by = persons.of(commitment->filed_by),
        .evidence_count = about.result ? store::evidence_count(db, task.id) : 0,
        .result = about.result,
        .concluded_by = persons.of(task.concluded_by),
        .candidate = persons.of(about.candidate),
        .seated = wanted != nobody &&
                  std::ranges::any_of(
                      now, [&](auto const& one) { return persons.of(one.account) == persons.of(wanted); }),
        .recused =
            std::ranges::any_of(same, [&](AccountId one) { return store::was_recused(db, task.id, one); }),
        .conflicted =
            about.candidate && !about.by_chance && declared_conflict(db, same, commitment->committer_index),
        .signed_off = candidate && candidate->signed_off_at,
        .drawn = drawn(),
        .unknown = by && !persons.known(*by),
        .empty_seats = task.inspectors_needed - static_cast<int>(now.size()),
        .unsigned_seats =
            static_cast<int>(std::ranges::count_if(
                now, [](InspectorRow const& one) { return one.seat != 1 && !one.signed_off_at; })) +
            (task.inspectors_needed - static_cast<int>(now.size()))};
}

Outcome<void> TaskCase::move(TaskEvent event, About const& about) {
    auto const known = facts(about);
    if (!known) return known.error();
    auto const to =
        step(db, domain::task_lifecycle, task.state, event, *known,
             Move{.subject = task.id.text(), .actor = by, .now = at, .why = about.why, .shard = task.shard});
    if (!to) return to.error();
    task.state = *to;
    return {};
}

Outcome<void> TaskCase::move_commitment(domain::CommitmentEvent event) {
    return service::move_commitment(db, task.commitment_code, event, by, at);
}

Outcome<void> TaskCase::begin_verification() {
    auto const commitment = store::lock_commitment(db, task.commitment_code);
    if (!commitment) return internal("a task without commitment");
    switch (commitment->state) {
        case domain::CommitmentState::under_verification: return {};  // the lead left while it was checked
        case domain::CommitmentState::supervised: return move_commitment(domain::CommitmentEvent::clue);
        default: return move_commitment(domain::CommitmentEvent::verification_started);
    }
}

Outcome<void> TaskCase::set_aside(store::SetAside why) {
    if (auto moved = move_commitment(domain::CommitmentEvent::reopened); !moved) return moved;
    store::keep_conclusion(db, task, why, at);
    store::forget_sign_offs(db, task.id);
    refresh();
    task.result.reset();
    task.checked_on.reset();
    task.summary.reset();
    task.concluded_at.reset();
    task.concluded_by.reset();
    return {};
}

void TaskCase::save() {
    store::update(db, task);
}

}  // namespace sponsio::service

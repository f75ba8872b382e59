#include "server/service/tasks/evidence.hpp"

#include "server/service/tasks/case.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::TaskState;

/// Refuses evidence unless the task is running, or its reopening was requested.
bool is_going_on(store::TaskRow const& task) {
    return task.state == TaskState::in_progress || task.state == TaskState::waiting_assist;
}

Fault held_by_another() {
    return fault(problem::forbidden, "Somebody else holds this task.", "该核查任务由他人承办。");
}

Outcome<void> may_add_evidence(db::PgSession& db, store::TaskRow const& task, AccountId actor) {
    bool const going_on = is_going_on(task);
    if (!going_on && store::lock_waiting_reopening(db, task.id)) return {};
    if (!going_on)
        return domain::wrong_step(domain::task_lifecycle.name, domain::word(task.state), "add_evidence",
                                  domain::task_lifecycle.possible_from(task.state));
    auto const inspectors = store::inspectors_of(db, task.id);
    if (std::ranges::none_of(inspectors, [&](auto const& one) { return one.sits() && one.account == actor; }))
        return held_by_another();
    return {};
}

}  // namespace

Exclusion Exclusion::read(domain::Fields& fields) {
    return {fields.text("why", {.max = 4000})};
}

Outcome<void> expects_evidence(db::PgSession& db, domain::Official const& who, TaskId id) {
    auto const task = store::task_by_id(db, id);
    if (!task || !is_own_task(db, who, *task)) return fault(problem::not_found);
    auto const inspectors = store::inspectors_of(db, id);
    bool const seated =
        std::ranges::any_of(inspectors, [&](auto const& one) { return one.account == who.account; });
    if (is_going_on(*task) && !seated) return held_by_another();
    return {};
}

Outcome<Made> keep_evidence(db::PgSession& db, domain::Official const& who, TaskId id,
                            EvidenceUpload const& upload, Instant now) {
    auto const task = lock_own_task(db, who, id);
    if (!task) return task.error();
    if (auto may = may_add_evidence(db, *task, who.account); !may) return may.error();
    return keep_piece(db, id, "/v1/verifications/" + id.text() + "/evidence", who.account, upload, now);
}

Outcome<void> exclude_evidence(db::PgSession& db, Vault const& vault, domain::Official const& who,
                               TaskId task, EvidenceId id, Exclusion const& exclusion, Instant now) {
    auto const holder = lock_own_task(db, who, task);
    if (!holder) return holder.error();
    auto const pieces = store::evidence_of(db, task);
    if (std::ranges::none_of(pieces, [&](auto const& piece) { return piece.id == id; }))
        return fault(problem::not_found);
    if (auto may = may_add_evidence(db, *holder, who.account); !may) return may;
    store::EvidenceExclusion const row{who.account, now, vault.seal(exclusion.why, exclusion_label(id))};
    if (!store::insert(db, id, row))
        return fault(problem::conflict, "This piece is marked already.", "该证据已被标记为误传。");
    store::append(db, store::Event{.shard = holder->shard,
                                   .at = now,
                                   .lifecycle = "evidence",
                                   .subject = id.text(),
                                   .from = "added",
                                   .event = "exclude",
                                   .to = "excluded",
                                   .actor = who.account});
    return {};
}

}  // namespace sponsio::service

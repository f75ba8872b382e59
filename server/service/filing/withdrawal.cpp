#include "server/service/filing/withdrawal.hpp"

#include "server/service/unit/people.hpp"
#include "server/service/unit/request.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/withdrawals.hpp"

namespace sponsio::service {
namespace {

using domain::CommitmentEvent;
using domain::Json;
using domain::JsonObject;

RequestLabels labels_of(WithdrawalId id) {
    return {"withdrawal_request.why:" + id.text(), "withdrawal_request.decision:" + id.text()};
}

/// Cancels the open tasks of a commitment that was just withdrawn.
Outcome<void> cancel_checks(db::PgSession& db, std::vector<store::TaskRow> tasks,
                            store::CommitmentRow const& commitment, AccountId actor, Instant now) {
    for (store::TaskRow& task : tasks) {
        domain::TaskFacts const facts{.actor = PersonId{actor.raw()},  // a withdrawal asks nobody apart
                                      .assignee = std::nullopt,
                                      .filed_by = PersonId{commitment.filed_by.raw()},
                                      .evidence_count = 0,
                                      .result = std::nullopt};
        auto const to = step(db, domain::task_lifecycle, task.state, domain::TaskEvent::cancel, facts,
                             {.subject = task.id.text(),
                              .actor = actor,
                              .now = now,
                              .why = "commitment withdrawn",
                              .shard = task.shard});
        if (!to) return to.error();
        task.state = *to;
        task.closed_at = now;
        store::update(db, task);
    }
    return {};
}

/// `why` is what the agency recorded, whoever carries it out now.
Outcome<void> carry_out(db::PgSession& db, Vault const& vault, AccountId actor, store::CommitmentRow& row,
                        std::vector<store::TaskRow> tasks, AccountId recorded_by, std::string const& why,
                        Instant now) {
    auto const to = step(db, domain::commitment_lifecycle, row.state, CommitmentEvent::withdraw, {},
                         {.subject = row.code, .actor = actor, .now = now, .shard = row.shard});
    if (!to) return to.error();
    store::set_commitment_state(db, row.code, row.shard, row.state, *to);
    store::insert_withdrawal(db, row.code, recorded_by, vault.seal(why, "withdrawal.reason:" + row.code),
                             now);
    row.state = *to;
    return cancel_checks(db, std::move(tasks), row, actor, now);
}

Outcome<Json> view(db::PgSession& db, Vault const& vault, store::WithdrawalRow const& row) {
    RequestLabels const labels = labels_of(row.id);
    auto why = vault.open(row.why, labels.why);
    if (!why) return why.error();
    Json decided;
    if (row.decision) {
        auto said = vault.open(row.decision->why, labels.decision);
        if (!said) return said.error();
        decided = JsonObject{
            {"by", row.decision->by.text()}, {"at", to_rfc3339(row.decision->at)}, {"why", std::move(*said)}};
    }
    Json json = JsonObject{{"commitment_code", row.commitment_code},
                           {"state", domain::word(row.state)},
                           {"reason", std::move(*why)},
                           {"requested_by", row.asked_by.text()},
                           {"requested_at", to_rfc3339(row.asked_at)},
                           {"decision", std::move(decided)}};
    name_people(db, json);
    return json;
}

}  // namespace

Outcome<void> withdraw(db::PgSession& db, Ground const& ground, domain::Official const& who,
                       store::CommitmentRow& row, std::vector<store::TaskRow> tasks, std::string const& why,
                       Instant now) {
    auto const possible = domain::commitment_lifecycle.next(row.state, CommitmentEvent::withdraw, {});
    if (!possible) return possible.error();
    bool const checked = !tasks.empty() || store::may_be_drawn(db, row.matter, row.accepted_at);
    if (!checked)
        return carry_out(db, ground.vault, who.account, row, std::move(tasks), who.account, why, now);
    auto const matter = ground.matters.find(db, row.matter, row.matter_version);
    auto const id = new_id<WithdrawalId>(now);
    store::WithdrawalRow const request{request_of(id, {ground.vault, why, labels_of(id)}, who.account, now),
                                       row.code, matter->verifying_unit};
    return ask(db, domain::withdrawal_lifecycle, request,
               fault(problem::conflict, "A request to withdraw this commitment waits for a decision.",
                     "该承诺的撤回申请正在等待核查单位决定。"),
               {.subject = row.code, .actor = who.account, .now = now, .shard = row.shard});
}

Outcome<Json> decide_withdrawal(db::PgSession& db, Ground const& ground, domain::Official const& who,
                                std::string const& code, domain::WithdrawalDecision const& decision,
                                Instant now) {
    // Tasks are locked before their commitment, as in every step of a task.
    auto tasks = store::lock_open_tasks(db, code);
    auto row = store::lock_commitment(db, code);
    auto request = row ? store::lock_waiting_withdrawal(db, code) : std::nullopt;
    if (!row || (request && request->unit != who.organisation)) return fault(problem::not_found);
    if (!request) {
        auto const matter = ground.matters.find(db, row->matter, row->matter_version);
        if (matter->verifying_unit != who.organisation) return fault(problem::not_found);
        return fault(problem::wrong_step, "No request to withdraw this commitment waits for a decision.",
                     "该承诺没有等待决定的撤回申请。");
    }
    RequestLabels const labels = labels_of(request->id);
    auto const event =
        decision.consented ? domain::WithdrawalEvent::consent : domain::WithdrawalEvent::refuse;
    Persons const persons(db, {who.account, request->asked_by});
    auto const decided =
        service::decide(db, domain::withdrawal_lifecycle, *request, event,
                        {.actor = persons.of(who.account), .requested_by = persons.of(request->asked_by)},
                        {ground.vault, decision.why, labels},
                        {.subject = code, .actor = who.account, .now = now, .shard = row->shard});
    if (!decided) return decided.error();
    if (decision.consented) {
        auto const why = ground.vault.open(request->why, labels.why);
        if (!why) return why.error();
        auto const done =
            carry_out(db, ground.vault, who.account, *row, std::move(tasks), request->asked_by, *why, now);
        if (!done) return done.error();
    }
    return view(db, ground.vault, *request);
}

Outcome<Json> withdrawal_view(db::PgSession& db, Vault const& vault, std::string const& code) {
    auto const row = store::newest_withdrawal(db, code);
    if (!row) return Json();
    return view(db, vault, *row);
}

}  // namespace sponsio::service

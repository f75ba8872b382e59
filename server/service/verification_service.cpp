#include "server/service/verification_service.hpp"

#include "server/service/clock_text.hpp"
#include "server/service/evidence_box.hpp"
#include "server/service/history_view.hpp"
#include "server/store/inspectors.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::TaskEvent;
using domain::TaskState;

constexpr Reason in_future{"in_future", "lies in the future", "日期晚于今日"};
constexpr Reason before_task{"before_task", "lies before the task was made", "早于核查任务生成日期"};

std::string summary_place(TaskId id) {
    return "verification_task.summary:" + id.text();
}

Outcome<std::optional<std::pair<Instant, TaskId>>> read_key(std::string const& key) {
    using Place = std::optional<std::pair<Instant, TaskId>>;
    if (key.empty()) return Place{};
    std::size_t const blank = key.find(' ');
    auto const due = parse_rfc3339(key.substr(0, blank));
    auto const id = TaskId::parse(blank == std::string::npos ? "" : key.substr(blank + 1));
    if (!due || !id) return bad_field("query:cursor", reason::bad_format);
    return Place{{*due + std::chrono::microseconds{1}, *id}};
}

JsonObject head_of(store::TaskRow const& t) {
    return JsonObject{{"task_id", t.id.text()},
                      {"state", domain::word(t.state)},
                      {"commitment_code", t.commitment_code},
                      {"mode", t.mode},
                      {"source", t.source},
                      {"created_at", to_rfc3339(t.created_at)},
                      {"due_on", to_iso(last_day(t.due_at))},
                      {"due_at", to_rfc3339(last_instant(t.due_at))},
                      {"rule", ClockText::split(t.rule).rule},
                      {"assignee", or_null(t.assignee)}};
}

Json evidence_view(store::EvidenceRow const& row, EvidenceLabel const& label) {
    return JsonObject{{"evidence_id", row.id.text()},
                      {"kind", domain::word(row.kind)},
                      {"name", label.name},
                      {"content_type", label.content_type},
                      {"size", row.size},
                      {"digest_sha256", crypto::to_hex(row.digest)},
                      {"added_by", or_null(row.added_by)},
                      {"added_at", to_rfc3339(row.added_at)}};
}

Outcome<void> check_size(EvidenceUpload const& upload) {
    if (upload.bytes.empty()) return bad_field("", reason::empty);
    if (upload.bytes.size() > max_evidence_bytes)
        return fault(problem::too_large, "A piece of evidence may have at most 8 MiB.",
                     "单份证据不得超过 8 MiB。");
    return {};
}

/// Evidence belongs to a check that is going on, and to the person who makes it.
Outcome<void> may_add_evidence(store::TaskRow const& task, AccountId actor, std::size_t pieces) {
    if (task.state != TaskState::in_progress)
        return domain::wrong_step(domain::task_lifecycle.name, domain::word(task.state), "add_evidence",
                                  domain::task_lifecycle.possible_from(task.state));
    if (task.assignee != actor)
        return fault(problem::forbidden, "Somebody else holds this task.", "该核查任务由他人承办。");
    if (pieces >= max_evidence_pieces)
        return fault(problem::conflict, "A task holds at most 200 pieces of evidence.",
                     "每项核查任务最多保存 200 份证据。");
    return {};
}

}  // namespace

Conclusion Conclusion::read(domain::Fields& fields) {
    return {fields.choice<domain::CheckResult>("result"), fields.date("checked_on"),
            fields.text("summary", {.max = 4000})};
}

/// A task under a caller's hands: locked, about to move.
struct VerificationService::Step {
    db::PgSession& db;
    Vault const& vault;
    domain::Principal const& who;
    store::TaskRow& task;
    Instant now;

    Outcome<void> move(TaskEvent event, std::optional<domain::CheckResult> result = {}) {
        auto const commitment = store::commitment_by_code(db, task.commitment_code);
        if (!commitment) return Fault{.problem = &problem::internal, .cause = "a task without commitment"};
        domain::TaskFacts const facts{.actor = who.account,
                                      .assignee = task.assignee,
                                      .filed_by = commitment->filed_by,
                                      .evidence_count = result ? store::evidence_count(db, task.id) : 0,
                                      .result = result};
        auto const to =
            step(db, domain::task_lifecycle, task.state, event, facts,
                 Move{.subject = task.id.text(),
                      .actor = who.account,
                      .now = now,
                      .why = result ? std::optional(std::string(domain::word(*result))) : std::nullopt,
                      .shard = task.shard});
        if (!to) return to.error();
        task.state = *to;
        return {};
    }

    Outcome<void> claim() {
        if (auto moved = move(TaskEvent::claim); !moved) return moved;
        task.assignee = who.account;
        store::seat_inspector(db, task, {1, who.account, {}}, store::SeatedBy::claim, now);
        return {};
    }

    Outcome<void> hand_back() {
        if (auto moved = move(TaskEvent::hand_back); !moved) return moved;
        task.assignee.reset();
        for (store::InspectorRow const& one : store::inspectors_of(db, task.id))
            if (one.sits() && one.seat == 1)
                store::unseat_inspector(db, one.place, store::LeftBecause::handed_back, now);
        return {};
    }

    Outcome<void> start() {
        if (auto moved = move(TaskEvent::start); !moved) return moved;
        return move_commitment(db, task.commitment_code, domain::CommitmentEvent::verification_started,
                               who.account, now);
    }

    Outcome<void> conclude(Conclusion const& conclusion) {
        if (auto moved = move(TaskEvent::conclude, conclusion.result); !moved) return moved;
        if (conclusion.checked_on > china_date(now)) return bad_field("/checked_on", in_future);
        if (conclusion.checked_on < china_date(task.created_at)) return bad_field("/checked_on", before_task);
        task.result = conclusion.result;
        task.checked_on = conclusion.checked_on;
        task.summary = vault.seal(conclusion.summary, summary_place(task.id));
        return move_commitment(db, task.commitment_code, domain::commitment_event_of(conclusion.result),
                               who.account, now);
    }

    Outcome<void> close() {
        if (auto moved = move(TaskEvent::close); !moved) return moved;
        task.closed_at = now;
        return {};
    }
};

/// `act(Step&)` on the locked task; what it changed is stored, and the task as it now is answered.
template <class Act>
VerificationService::Answer<Json> VerificationService::on_task(Caller const& caller, TaskId id, Act act) {
    return db_.run(caller.deadline, [this, caller, id, act](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto task = store::lock_task(db, id);
            if (!task || task->organisation != caller.who->organisation) return fault(problem::not_found);
            Step step{db, vault_, *caller.who, *task, clock_.now()};
            if (Outcome<void> done = act(step); !done) return done.error();
            store::update(db, *task);
            return view(db, *task);
        });
    });
}

VerificationService::Answer<Json> VerificationService::claim(Caller const& caller, TaskId id) {
    return on_task(caller, id, [](Step& step) { return step.claim(); });
}

VerificationService::Answer<Json> VerificationService::hand_back(Caller const& caller, TaskId id) {
    return on_task(caller, id, [](Step& step) { return step.hand_back(); });
}

VerificationService::Answer<Json> VerificationService::start(Caller const& caller, TaskId id) {
    return on_task(caller, id, [](Step& step) { return step.start(); });
}

VerificationService::Answer<Json> VerificationService::conclude(Caller const& caller, TaskId id,
                                                                Conclusion conclusion) {
    return on_task(caller, id,
                   [conclusion = std::move(conclusion)](Step& step) { return step.conclude(conclusion); });
}

VerificationService::Answer<Json> VerificationService::close(Caller const& caller, TaskId id) {
    return on_task(caller, id, [](Step& step) { return step.close(); });
}

VerificationService::Answer<Json> VerificationService::task(Caller const& caller, TaskId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const task = store::task_by_id(db, id);
        if (!task || task->organisation != caller.who->organisation) return fault(problem::not_found);
        return view(db, *task);
    });
}

VerificationService::Answer<std::vector<Json>> VerificationService::list(Caller const& caller,
                                                                         QueueQuestion question) {
    return db_.run(caller.deadline,
                   [caller, q = std::move(question)](db::PgSession& db) -> Outcome<std::vector<Json>> {
                       auto after = read_key(q.after);
                       if (!after) return after.error();
                       store::TaskQueue queue{.organisation = caller.who->organisation,
                                              .inspector = std::nullopt,
                                              .state = q.state,
                                              .due_by = std::nullopt,
                                              .after = *after,
                                              .limit = q.limit};
                       if (q.mine) queue.inspector = caller.who->account;
                       if (q.due_before) queue.due_by = china_midnight(*q.due_before);
                       std::vector<Json> list;
                       for (store::TaskRow const& task : store::tasks_in(db, queue))
                           list.push_back(head_of(task));
                       return list;
                   });
}

std::string VerificationService::queue_key(Json const& item) {
    return item.at("due_at").as_string() + " " + item.at("task_id").as_string();
}

Outcome<Made> VerificationService::keep_evidence(db::PgSession& db, domain::Principal const& who, TaskId id,
                                                 EvidenceUpload const& upload) const {
    auto const task = store::lock_task(db, id);
    if (!task || task->organisation != who.organisation) return fault(problem::not_found);
    if (auto may = may_add_evidence(*task, who.account, store::evidence_count(db, id)); !may)
        return may.error();
    Instant const now = clock_.now();
    auto const evidence_id = new_id<EvidenceId>(now);
    EvidenceLabel const label{upload.name, upload.content_type};
    SealedEvidence const sealed = seal_evidence(vault_, evidence_id, label, upload.bytes);
    store::EvidenceRow const row{.id = evidence_id,
                                 .task = id,
                                 .kind = upload.kind,
                                 .size = static_cast<std::int32_t>(upload.bytes.size()),
                                 .digest = crypto::sha256(crypto::as_bytes(upload.bytes)),
                                 .label = sealed.label,
                                 .added_by = who.account,
                                 .added_at = now};
    store::insert(db, row, sealed.content);
    return Made{"/v1/verifications/" + id.text() + "/evidence/" + evidence_id.text(),
                evidence_view(row, label)};
}

VerificationService::Answer<Created> VerificationService::add_evidence(Caller const& caller, RequestOnce once,
                                                                       TaskId id, EvidenceUpload upload) {
    return db_.run(caller.deadline,
                   [this, caller, once = std::move(once), id,
                    upload = std::move(upload)](db::PgSession& session) -> Outcome<Created> {
                       if (auto size = check_size(upload); !size) return size.error();
                       return create_once(
                           session, vault_, *caller.who, once, clock_.now(),
                           [&](db::PgSession& db) { return keep_evidence(db, *caller.who, id, upload); });
                   });
}

VerificationService::Answer<EvidenceDownload> VerificationService::evidence(Caller const& caller, TaskId task,
                                                                            EvidenceId id) {
    return db_.run(caller.deadline, [this, caller, task, id](db::PgSession& db) -> Outcome<EvidenceDownload> {
        auto const holder = store::task_by_id(db, task);
        if (!holder || holder->organisation != caller.who->organisation) return fault(problem::not_found);
        auto const file = store::evidence_file(db, task, id);
        if (!file) return fault(problem::not_found);
        auto label = open_label(vault_, file->row);
        if (!label) return label.error();
        auto bytes = open_content(vault_, *file);
        if (!bytes) return bytes.error();
        return EvidenceDownload{std::move(label->name), std::move(label->content_type), std::move(*bytes)};
    });
}

Outcome<Json> VerificationService::view(db::PgSession& db, store::TaskRow const& t) const {
    JsonObject answer = head_of(t);
    ClockText const origin = ClockText::split(t.rule);
    answer.add("rule_pack", origin.rule_pack).add("calendar", or_null(origin.calendar));
    auto const commitment = open_commitment(db, vault_, matters_, t.commitment_code);
    if (!commitment && commitment.error().problem != &problem::gone) return commitment.error();
    answer.add("commitment", commitment ? commitment->summary() : Json());

    answer.add("result", or_null(t.result)).add("checked_on", or_null(t.checked_on));
    Json summary;
    if (t.summary) {
        auto text = vault_.open(*t.summary, summary_place(t.id));
        if (!text) return text.error();
        summary = std::move(*text);
    }
    answer.add("summary", std::move(summary));

    crypto::Array pieces;
    for (store::EvidenceRow const& row : store::evidence_of_task(db, t.id)) {
        auto label = open_label(vault_, row);
        if (!label) return label.error();
        pieces.push_back(evidence_view(row, *label));
    }
    answer.add("evidence", std::move(pieces)).add("closed_at", or_null(t.closed_at));
    answer.add("history", history_view(store::history(db, t.id.text())));
    return Json(std::move(answer));
}

}  // namespace sponsio::service

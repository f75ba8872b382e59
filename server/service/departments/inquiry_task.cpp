#include "server/service/departments/inquiry_task.hpp"

#include "server/base/internal.hpp"
#include "server/service/evidence/box.hpp"
#include "server/service/matters/commitment_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/store/evidence.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/task_reasons.hpp"

#include <algorithm>

namespace sponsio::service {

using domain::InquiryAnswer;
using domain::TaskEvent;
using domain::TaskState;

namespace {

/// What moves by itself; none of its steps keeps persons apart.
PersonId const nobody{Uuid{}};

}  // namespace

bool takes_answers(store::TaskRow const& task) {
    return task.state == TaskState::created || task.state == TaskState::assigned ||
           task.state == TaskState::in_progress || task.state == TaskState::waiting_assist;
}

Outcome<domain::InquiryContent> question_about(db::PgSession& db, Ground const& ground, InquiryId id,
                                               std::string const& department,
                                               std::string const& commitment_code,
                                               std::string const& issuer) {
    auto const commitment = open_commitment(db, ground.vault, ground.matters, commitment_code);
    if (!commitment) return commitment.error();
    domain::Json const& committer = commitment->content.at("committer");
    domain::MatterVersion const& matter = commitment->matter->content;
    std::string const& query = matter.verification.query;
    return domain::InquiryContent{.issuer = issuer,
                                  .department = department,
                                  .jti = id.text(),
                                  .query = query.empty() ? std::string(domain::default_query) : query,
                                  .subject_name = committer.at("name").as_string(),
                                  .document_type = committer.at("document").at("type").as_string(),
                                  .document_number = committer.at("document").at("number").as_string(),
                                  .matter_code = commitment->matter->code,
                                  .claim = matter.content.zh};
}

EvidenceId keep_answer(db::PgSession& db, Vault const& vault, TaskId task, AnswerFile const& file,
                       std::optional<AccountId> by, Instant now) {
    auto const id = new_id<EvidenceId>(now);
    SealedEvidence const sealed = seal_evidence(vault, id, {file.name, file.content_type}, file.bytes);
    store::insert(db,
                  {.id = id,
                   .holder = task,
                   .kind = file.kind,
                   .size = static_cast<std::int32_t>(file.bytes.size()),
                   .digest = crypto::sha256(as_bytes(file.bytes)),
                   .label = sealed.label,
                   .added_by = by,
                   .added_at = now},
                  sealed.content);
    return id;
}

void note_answer(db::PgSession& db, TaskId task, InquiryAnswer answer, Instant now) {
    using domain::TaskReason;
    for (TaskReason settled :
         {TaskReason::department_silent, TaskReason::assist_open, TaskReason::assist_overdue})
        store::end_reason(db, task, settled, now);
    TaskReason reason = TaskReason::department_match;
    if (answer == InquiryAnswer::mismatch) reason = TaskReason::department_mismatch;
    if (answer == InquiryAnswer::other_person) reason = TaskReason::department_other_person;
    if (answer == InquiryAnswer::not_held) reason = TaskReason::department_not_held;
    if (answer == InquiryAnswer::ask_in_writing) return;  // the ticket states it
    store::add_reason(db, task, {.reason = reason, .since = now, .rule = std::nullopt});
}

Outcome<bool> close_on_match(db::PgSession& db, Ground const& ground, store::TaskRow& task, Instant now) {
    // A person looks in any case if the task was drawn or has an inspector. A report, supervision or a
    // reopening is a doubt, which data alone cannot end.
    bool const routine =
        task.source == domain::TaskSource::deadline || task.source == domain::TaskSource::first_time;
    if (task.state != TaskState::created || !routine) return false;
    auto const seats = store::inspectors_of(db, task.id);
    if (std::ranges::any_of(seats, &store::InspectorRow::sits)) return false;
    auto const commitment = store::commitment_by_code(db, task.commitment_code);
    if (!commitment) return internal("a task without commitment");
    auto const matter = ground.matters.find(db, commitment->matter, commitment->matter_version);
    if (!matter->content.verification.auto_close) return false;
    if (commitment->state != domain::CommitmentState::effective) return false;
    auto const consistent = domain::CheckResult::consistent;
    domain::TaskFacts const facts{.actor = nobody,
                                  .assignee = std::nullopt,
                                  .filed_by = nobody,
                                  .evidence_count = 1,
                                  .result = consistent,
                                  .drawn = task.draw.has_value()};
    auto const to = step(db, domain::task_lifecycle, task.state, TaskEvent::auto_close, facts,
                         {.subject = task.id.text(),
                          .actor = domain::System{},
                          .now = now,
                          .why = std::string(domain::word(InquiryAnswer::match)),
                          .shard = task.shard});
    if (!to) return to.error();
    task.state = *to;
    task.result = consistent;
    task.checked_on = china_date(now);
    task.concluded_at = now;
    task.closed_at = now;
    store::update(db, task);
    for (auto const event :
         {domain::CommitmentEvent::verification_started, domain::CommitmentEvent::found_consistent})
        if (auto moved = move_commitment(db, task.commitment_code, event, std::nullopt, now); !moved)
            return moved.error();
    return true;
}

Outcome<void> move_on_assist(db::PgSession& db, store::TaskRow& task, TaskEvent event,
                             std::optional<AccountId> actor, std::optional<std::string> const& rule,
                             bool stays, Instant now) {
    if (!takes_answers(task)) return {};
    domain::TaskFacts const facts{.actor = nobody,
                                  .assignee = std::nullopt,
                                  .filed_by = nobody,
                                  .evidence_count = 0,
                                  .result = std::nullopt};
    Move const move{.subject = task.id.text(), .actor = actor, .now = now, .rule = rule, .shard = task.shard};
    // An inquiry by machine and one by hand may overlap: only the latter moves the task.
    if (stays) {
        std::string const state(domain::word(task.state));
        store::append(db, store::Event{.shard = task.shard,
                                       .at = now,
                                       .lifecycle = std::string(domain::task_lifecycle.name),
                                       .subject = move.subject,
                                       .from = state,
                                       .event = std::string(domain::word(event)),
                                       .to = state,
                                       .actor = actor,
                                       .why = std::nullopt,
                                       .rule = rule});
        return {};
    }
    auto const to = step(db, domain::task_lifecycle, task.state, event, facts, move);
    if (!to) return to.error();
    if (task.state == *to) return {};
    task.state = *to;
    store::update(db, task);
    return {};
}

Outcome<TicketTime> ticket_time(Ground const& ground, Department const* department, std::string const& region,
                                Instant asked_at) {
    Date const day = china_date(asked_at);
    auto rule = ground.rules.clock(domain::rule::assist_reply, region, day);
    if (!rule) return rule.error();
    if (department && department->assist_days) {
        rule->id = "assist.agreed";
        rule->pack_id = "agreed-with";
        rule->pack_version = department->word;
        rule->value = *department->assist_days;
        rule->unit = domain::PeriodUnit::working_days;
    }
    auto const period = domain::begin_period(*rule, day, ground.calendar);
    if (!period) return period.error();
    if (!period->end) return TicketTime{std::nullopt, ClockText::open(*rule).line()};
    return TicketTime{period->end->ends, ClockText::of(*period->end).line()};
}

}  // namespace sponsio::service

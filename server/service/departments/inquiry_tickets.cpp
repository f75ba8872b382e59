#include "server/service/departments/inquiry_tickets.hpp"

#include "server/base/log.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/organisations.hpp"
#include "server/store/task_reasons.hpp"

namespace sponsio::service {

using domain::Json;
using domain::JsonObject;

Json ticket_question(domain::InquiryContent const& content, std::optional<std::string> const& words) {
    Json const whole = content.to_json();
    return JsonObject{{"query", words ? Json() : Json(content.query)},
                      {"subject", whole.at("subject")},
                      {"claim", whole.at("claim")},
                      {"words", or_null(words)}};
}

Outcome<store::TicketRow> open_ticket(db::PgSession& db, Ground const& ground, TicketToOpen const& wanted,
                                      store::TaskRow& task, Instant now) {
    auto const time = ticket_time(ground, wanted.department, wanted.region, now);
    if (!time) return time.error();
    auto const id = new_id<TicketId>(now);
    store::TicketRow ticket{
        .id = id,
        .shard = task.shard,
        .task = task.id,
        .check = wanted.check,
        .organisation = task.organisation,
        .unit = wanted.unit,
        .department = wanted.department ? std::optional(wanted.department->word) : std::nullopt,
        .asked_by = wanted.asked_by,
        .question = ground.vault.seal(json::canonical(wanted.question), store::ticket_label(id)),
        .asked_at = now,
        .due_at = time->due_at,
        .rule = time->rule};
    store::insert(db, ticket);
    born(db, domain::ticket_lifecycle,
         {.subject = id.text(),
          .actor = wanted.asked_by,
          .now = now,
          .rule = time->rule,
          .shard = task.shard,
          .organisation = task.organisation});
    bool const stays = task.state == domain::TaskState::waiting_assist || !wanted.asked_by;
    if (auto moved =
            move_on_assist(db, task, domain::TaskEvent::assist_sent, wanted.asked_by, time->rule, stays, now);
        !moved)
        return moved.error();
    store::add_reason(db, task.id,
                      {.reason = domain::TaskReason::assist_open, .since = now, .rule = time->rule});
    return ticket;
}

Outcome<void> ask_person(db::PgSession& db, Ground const& ground, Department const& department,
                         store::InquiryRow const& check, store::TaskRow& task, std::string const& issuer,
                         Instant now) {
    if (!department.assist_unit_uscc) return {};
    auto const unit = store::organisation_by_uscc(db, *department.assist_unit_uscc);
    if (!unit) {
        log::warn("check.no_assist_unit", {{log::Key::name, department.word}});
        return {};
    }
    auto const content =
        question_about(db, ground, check.id, check.department, check.commitment_code, issuer);
    if (!content) return content.error();
    auto const ticket = open_ticket(db, ground,
                                    {.check = check.id,
                                     .unit = unit->id,
                                     .department = &department,
                                     .region = check.region,
                                     .question = ticket_question(*content, std::nullopt)},
                                    task, now);
    if (!ticket) return ticket.error();
    return {};
}

}  // namespace sponsio::service

#include "server/service/tasks/absence_service.hpp"

#include "server/base/form.hpp"
#include "server/service/tasks/queue.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"
#include "server/store/task_batches.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using store::AbsenceRow;

constexpr Reason before_start{"before_start", "lies before the first day", "早于起始日期"};
constexpr Reason too_far_off{"too_far_off", "is more than 366 days after the first day",
                             "距起始日期超过 366 日"};
constexpr std::chrono::days longest{366};
constexpr int most_shown = 100;

AbsenceState state_of(AbsenceRow const& row, Instant now) {
    if (row.ended_at || now >= row.until) return AbsenceState::over;
    return now < row.from ? AbsenceState::announced : AbsenceState::running;
}

/// The unit whose tasks of that person the caller may see; nothing: their own, of any unit.
std::optional<OrganisationId> seen_by(Official const& who, AccountId person) {
    return person == who.account ? std::nullopt : std::optional(who.organisation);
}

JsonObject view_of(db::PgSession& db, Official const& who, AbsenceRow const& row, Instant now) {
    auto const person = store::account_by_id(db, row.account);
    Json view =
        JsonObject{{"absence_id", row.id.text()},
                   {"account_id", row.account.text()},
                   {"name", person->name},
                   {"from", to_iso(china_date(row.from))},
                   {"until", to_iso(last_day(row.until))},
                   {"state", domain::word(state_of(row, now))},
                   {"entered_by", row.entered_by.text()},
                   {"entered_at", to_rfc3339(row.entered_at)},
                   {"ended_by", or_null(row.ended_by)},
                   {"ended_at", or_null(row.ended_at)},
                   {"open_tasks", store::count_open_tasks_of(db, row.account, seen_by(who, row.account))}};
    name_people(db, view);
    return std::move(view.as_object());
}

bool may_see(Official const& who, AbsenceRow const& row) {
    if (row.account == who.account) return true;
    return row.organisation == who.organisation && who.roles.has(domain::Role::supervisor);
}

/// Whose absence it is to be.
Outcome<AccountId> person_of(db::PgSession& db, Official const& who, AbsenceDraft const& draft) {
    if (!draft.account || *draft.account == who.account) return who.account;
    if (!who.roles.has(domain::Role::supervisor))
        return fault(problem::forbidden, "Only a supervisor enters the absence of somebody else.",
                     "仅监督人员可以登记他人不在岗。");
    auto const person = store::account_by_id(db, *draft.account);
    if (!person || person->organisation != who.organisation || person->closed_at)
        return bad_field("/account_id", reason::no_such_thing, form::known_thing);
    return person->id;
}

Outcome<void> check_days(Date from, Date until, Date today) {
    std::vector<FieldError> errors;
    if (from < today) errors.push_back({"/from", &reason::in_past});
    if (until < from)
        errors.push_back({"/until", &before_start});
    else if (std::chrono::sys_days{until} - std::chrono::sys_days{from} > longest)
        errors.push_back({"/until", &too_far_off});
    if (errors.empty()) return {};
    return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
}

store::Event event_of(AbsenceRow const& row, AccountId by, Instant now) {
    return {.at = now,
            .lifecycle = "absence",
            .subject = row.id.text(),
            .from = std::nullopt,
            .event = "created",
            .to = "entered",
            .actor = by,
            .why = to_iso(china_date(row.from)) + "/" + to_iso(last_day(row.until))};
}

}  // namespace

AbsenceDraft AbsenceDraft::read(domain::Fields& fields) {
    AbsenceDraft draft;
    if (auto const text = fields.optional_text("account_id", {.max = 64})) {
        draft.account = AccountId::parse(*text);
        if (!draft.account) fields.refuse("account_id", reason::bad_format, form::uuid);
    }
    draft.from = fields.optional_date("from");
    draft.until = fields.date("until");
    return draft;
}

Async<Created> AbsenceService::enter(Caller<Official> const& caller, RequestOnce once, AbsenceDraft draft) {
    return ground_.db.run(
        caller.deadline,
        [this, caller, once = std::move(once), draft](db::PgSession& session) -> Outcome<Created> {
            Instant const now = ground_.clock.now();
            return create_once(
                session, ground_.vault, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                    Official const& who = *caller.who;
                    auto const person = person_of(db, who, draft);
                    if (!person) return person.error();
                    Date const today = china_date(now), from = draft.from.value_or(today);
                    if (auto fit = check_days(from, draft.until, today); !fit) return fit.error();
                    Date const day_after{std::chrono::sys_days{draft.until} + std::chrono::days{1}};
                    AbsenceRow const row{.id = new_id<AbsenceId>(now),
                                         .account = *person,
                                         .organisation = who.organisation,
                                         .from = china_midnight(from),
                                         .until = china_midnight(day_after),
                                         .entered_by = who.account,
                                         .entered_at = now};
                    store::insert(db, row);
                    store::append(db, event_of(row, who.account, now));
                    return Made{"/v1/absences/" + row.id.text(), view_of(db, who, row, now)};
                });
        });
}

Async<Json> AbsenceService::end(Caller<Official> const& caller, AbsenceId id) {
    return ground_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            Instant const now = ground_.clock.now();
            auto row = store::lock_absence(db, id);
            if (!row || !may_see(*caller.who, *row)) return fault(problem::not_found);
            if (state_of(*row, now) != AbsenceState::over) {
                row->ended_by = caller.who->account;
                row->ended_at = now;
                store::end_absence(db, id, caller.who->account, now);
                auto event = event_of(*row, caller.who->account, now);
                event.from = std::exchange(event.to, "ended");
                event.event = "end";
                store::append(db, event);
            }
            return Json(view_of(db, *caller.who, *row, now));
        });
    });
}

Async<Json> AbsenceService::one(Caller<Official> const& caller, AbsenceId id) {
    return ground_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            Instant const now = ground_.clock.now();
            auto const row = store::absence_by_id(db, id);
            if (!row || !may_see(*caller.who, *row)) return fault(problem::not_found);
            auto const tasks = store::tasks_by_id(
                db, store::open_tasks_of(db, row->account, seen_by(*caller.who, row->account), most_shown));
            json::Array list;
            for (JsonObject& head : task_heads(db, tasks, now)) list.emplace_back(std::move(head));
            JsonObject view = view_of(db, *caller.who, *row, now);
            view.add("tasks", std::move(list));
            return Json(std::move(view));
        });
    });
}

Async<Page> AbsenceService::list(Caller<Official> const& caller, std::optional<AbsenceId> before, int limit) {
    return ground_.db.run(caller.deadline, [this, caller, before, limit](db::PgSession& db) -> Outcome<Page> {
        Official const& who = *caller.who;
        bool const all = who.roles.has(domain::Role::supervisor);
        auto const of = all ? std::nullopt : std::optional(who.account);
        Page page;
        for (AbsenceRow const& row : store::absences_before(db, who.organisation, of, before, limit))
            page.add(view_of(db, who, row, ground_.clock.now()), row.id.text());
        return page;
    });
}

}  // namespace sponsio::service

#include "server/service/tasks/clock_service.hpp"

#include "server/base/internal.hpp"
#include "server/domain/alarm.hpp"
#include "server/service/tasks/open_ends.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"
#include "server/store/organisations.hpp"

#include <map>

namespace sponsio::service {
namespace {

/// The count reads every overdue task, so it is not made in every round.
constexpr std::chrono::seconds between_counts{30};

/// The organisation that an alarm goes to; the unit itself again if it has no superior.
std::optional<OrganisationId> recipient_of(db::PgSession& db, store::AlarmRow const& row) {
    switch (row.recipient) {
        case domain::AlarmTo::assignee: return std::nullopt;
        case domain::AlarmTo::unit_supervisor: return row.organisation;
        case domain::AlarmTo::superior: break;
    }
    return store::organisation_by_id(db, row.organisation).value().superior.value_or(row.organisation);
}

}  // namespace

/// Whether the alarm goes off now. If not, its row gets the next time to look, or is ended with its rule.
bool ClockService::has_come(db::PgSession& db, store::DueAlarm& alarm, Instant now) const {
    store::AlarmRow& row = alarm.row;
    if (!row.waits_for) return true;
    auto const rule =
        ground_.rules.find_kind(row.alarm, row.region, china_date(now), domain::RuleKind::alarm);
    if (!rule) {
        store::keep_progress(db, alarm, {}, now);
        return false;
    }
    set_time(row, domain::alarm_period(*rule, row.due_at, ground_.calendar).value(), now);
    store::set_time(db, row);
    return !row.waits_for && row.run_at <= now;
}

Outcome<bool> ClockService::sound_next(db::PgSession& session) const {
    return in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
        Instant const now = ground_.clock.now();
        auto alarm = store::lock_due_alarm(db, now);
        if (!alarm) return false;
        if (!has_come(db, *alarm, now)) return true;
        auto const page = store::sound(db, *alarm, recipient_of(db, alarm->row), now, page_);
        store::keep_progress(db, *alarm, page, now);
        return true;
    });
}

void ClockService::count_overdue(db::PgSession& db) {
    auto const now = std::chrono::steady_clock::now();
    if (!ground_.metrics || now < counted_ + between_counts) return;
    counted_ = now;
    ground_.metrics->verifications_overdue.set(static_cast<double>(store::escalated_tasks(db)));
}

Outcome<std::size_t> ClockService::sound_alarms(Deadline deadline, int pages) {
    return ground_.db.run_blocking(deadline, [this, pages](db::PgSession& db) -> Outcome<std::size_t> {
        std::size_t done = 0;
        for (int left = pages; left > 0; --left) {
            auto const sounded = sound_next(db);
            if (!sounded) return sounded.error();
            if (!*sounded) break;
            ++done;
        }
        count_overdue(db);
        return done;
    });
}

/// Those whose end is known now get it with an event and their alarms; the others go on waiting, perhaps for
/// another year.
Outcome<std::size_t> ClockService::set_some_ends(db::PgSession& db,
                                                 std::vector<store::OpenEnd>& tasks) const {
    Instant const now = ground_.clock.now();
    // The calendar moves it, and no rule about people asks who that is.
    domain::TaskFacts const nobody{.actor = PersonId{Uuid{}},
                                   .assignee = {},
                                   .filed_by = PersonId{Uuid{}},
                                   .evidence_count = 0,
                                   .result = {}};
    Events events;
    std::map<std::pair<OrganisationId, Instant>, TaskId> first;
    for (store::OpenEnd& task : tasks) {
        ClockText const text = ClockText::split(task.end.rule);
        auto rule = domain::read_rule_name(text.rule);
        if (!rule) return internal("the rule of a check is no rule");
        auto const period = domain::begin_period(*rule, china_date(task.created_at), ground_.calendar);
        if (!period) return period.error();
        task.end = end_of(*period);
        ClockText origin = ClockText::of(*period);
        origin.rule_pack = text.rule_pack;
        task.end.rule = origin.line();
        if (task.end.waits_for) continue;
        if (auto noted =
                step(events, domain::task_lifecycle, task.state, domain::TaskEvent::calendar_known, nobody,
                     {.subject = task.id.text(),
                      .actor = domain::System{},
                      .now = now,
                      .rule = task.end.rule,
                      .shard = task.shard,
                      .organisation = task.organisation});
            !noted)
            return noted.error();
        first.try_emplace({task.organisation, task.end.due_at}, task.id);  // they come by id
    }
    store::set_ends(db, tasks);
    store::append(db, events);
    std::vector<store::BucketTasks> buckets;
    for (auto const& [key, id] : first) buckets.push_back({key.first, key.second, id});
    arm_alarms(db, {ground_.rules, ground_.calendar}, buckets, now);
    return events.size();
}

Outcome<std::size_t> ClockService::set_open_ends(Deadline deadline, int pages) {
    return ground_.db.run_blocking(deadline, [this, pages](db::PgSession& session) -> Outcome<std::size_t> {
        std::size_t done = 0;
        TaskId after{Uuid{}};
        for (int left = pages; left > 0; --left) {
            std::size_t seen = 0;
            auto const set = in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
                auto tasks = store::lock_open_ends(db, ground_.calendar.years(), after, page_);
                seen = tasks.size();
                if (tasks.empty()) return std::size_t{0};
                after = tasks.back().id;
                return set_some_ends(db, tasks);
            });
            if (!set) return set.error();
            done += *set;
            if (seen < static_cast<std::size_t>(page_)) break;
        }
        if (ground_.metrics)
            ground_.metrics->checks_awaiting_calendar.set(
                static_cast<double>(store::tasks_awaiting_calendar(session)));
        return done;
    });
}

Outcome<std::size_t> ClockService::expire_commitments(Deadline deadline) {
    return ground_.db.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            Instant const now = ground_.clock.now();
            return static_cast<std::size_t>(store::expire_commitments(db, china_date(now), now, page_));
        });
    });
}

}  // namespace sponsio::service

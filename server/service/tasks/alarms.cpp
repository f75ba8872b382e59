#include "server/service/tasks/alarms.hpp"

#include "server/domain/alarm.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/store/organisations.hpp"

namespace sponsio::service {

void set_time(store::AlarmRow& row, domain::Period const& period, Instant now) {
    row.rule = ClockText::of(period).line();
    row.run_at = period.end ? period.end->ends : now + calendar_pause;
    row.waits_for.reset();
    if (period.waits_for) row.waits_for = int{*period.waits_for};
}

std::vector<store::AlarmRow> AlarmBook::alarms_for(OrganisationId unit, std::string const& region,
                                                   Instant due_at, Instant now) const {
    std::vector<store::AlarmRow> alarms;
    for (domain::Rules::Found const& found :
         rules.alarms(domain::rule::check_alarms, region, china_date(now))) {
        store::AlarmRow row{.organisation = unit,
                            .due_at = due_at,
                            .alarm = found.rule->id,
                            .rule = {},
                            .action = found.rule->action,
                            .recipient = found.rule->to,
                            .region = region,
                            .run_at = {},
                            .waits_for = std::nullopt};
        set_time(row, domain::alarm_period(found, due_at, calendar).value(), now);
        alarms.push_back(std::move(row));
    }
    return alarms;
}

void arm_alarms(db::PgSession& db, AlarmBook const& book, std::span<store::BucketTasks const> added,
                Instant now) {
    if (added.empty()) return;
    std::vector<store::AlarmRow> alarms;
    for (store::BucketTasks const& bucket : added) {
        auto const unit = store::organisation_by_id(db, bucket.organisation).value();
        auto const of_bucket = book.alarms_for(unit.id, unit.region_code, bucket.due_at, now);
        alarms.insert(alarms.end(), of_bucket.begin(), of_bucket.end());
    }
    db::Pipeline statements;
    store::add_alarms(statements, std::move(alarms));
    store::rearm(statements, added, now, now + alarm_horizon);
    statements.run(db);
}

}  // namespace sponsio::service

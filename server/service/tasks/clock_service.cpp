#include "server/service/tasks/clock_service.hpp"

#include "server/domain/alarm.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"
#include "server/store/organisations.hpp"

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

Outcome<std::size_t> ClockService::expire_commitments(Deadline deadline) {
    return ground_.db.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            Instant const now = ground_.clock.now();
            return static_cast<std::size_t>(store::expire_commitments(db, china_date(now), now, page_));
        });
    });
}

}  // namespace sponsio::service

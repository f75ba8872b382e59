#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/store/alarms.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

/// Arming of the alarms around the deadlines of tasks.
namespace sponsio::service {

/// An alarm that ran within this time may have missed a task that is being added: the longest duration of a
/// transaction, plus the difference of two machines' clocks.
inline constexpr std::chrono::seconds alarm_horizon{60};

/// The time after which an alarm without a calendar is looked at again.
inline constexpr std::chrono::hours calendar_pause{24};

/// Sets the run time of an alarm, or the calendar that it waits for.
void set_time(store::AlarmRow& row, domain::Period const& period, Instant now);

/// The source of alarms.
struct AlarmBook {
    domain::Rules const& rules;
    domain::WorkingCalendar const& calendar;

    /// The alarms of a bucket by the rules of the unit's region that are in force on the day of `now`.
    [[nodiscard]] std::vector<store::AlarmRow> alarms_for(OrganisationId unit, std::string const& region,
                                                          Instant due_at, Instant now) const;
};

/// For every transaction that adds tasks (or opens one again, which then counts as added): the alarms of
/// their buckets are stored, and those that have gone off already are armed again for the new tasks. One
/// entry for each unit and due_at. Filing has its own cached version (FilingAlarms).
void arm_alarms(db::PgSession& db, AlarmBook const& book, std::span<store::BucketTasks const> added,
                Instant now);

}  // namespace sponsio::service

#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/store/alarms.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

/// Arming what happens around the deadlines of tasks.
namespace sponsio::service {

/// An alarm that runs within this time might not yet see a task that is being added: the longest that a
/// transaction can take, and the difference of two machines' clocks.
inline constexpr std::chrono::seconds alarm_horizon{60};

/// How long an alarm whose calendar nobody knows waits before it is looked for again.
inline constexpr std::chrono::hours calendar_pause{24};

/// Puts down when an alarm runs, or which calendar it waits for.
void set_time(store::AlarmRow& row, domain::Period const& period, Instant now);

/// Where alarms come from.
struct AlarmBook {
    domain::Rules const& rules;
    domain::WorkingCalendar const& calendar;

    /// The alarms of a bucket by the rules of the unit's region that are in force on the day of `now`.
    [[nodiscard]] std::vector<store::AlarmRow> alarms_for(OrganisationId unit, std::string const& region,
                                                          Instant due_at, Instant now) const;
};

/// For whoever adds tasks (or opens one again, which is then "added" under its own id), in the transaction
/// that does: their buckets have their alarms, and those that have gone off already go over the new tasks.
/// One entry for each unit and due_at. Filing does the same without asking what it remembers.
void arm_alarms(db::PgSession& db, AlarmBook const& book, std::span<store::BucketTasks const> added,
                Instant now);

}  // namespace sponsio::service

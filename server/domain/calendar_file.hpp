#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"
#include "server/base/time.hpp"

#include <set>
#include <string>

/// The calendar file of one year (schema/calendar/), checked for plausibility.
namespace sponsio::domain {

bool is_weekend(std::chrono::sys_days day);

struct CalendarYear {
    std::string calendar_id;  ///< "cn"
    std::chrono::year year{};
    std::string version;  ///< "cn-2027.1": id and year, then what tells corrections apart
    std::set<std::chrono::sys_days> holidays;
    std::set<std::chrono::sys_days> worked_weekends;
};

/// Fault: problem::invalid for a file that contradicts itself (days of another year, worked days that are no
/// weekend), names no source, or cannot be the State Council's announcement: a festival is missing or lies at
/// another time, or the days off, less those worked in exchange, are fewer than the law gives (Holidays of
/// National Festivals and Memorial Days, State Council, version in force that year) or exceed it by more than
/// five. The detail has the numbers.
Outcome<CalendarYear> read_calendar(Resource const& file);

}  // namespace sponsio::domain

#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"
#include "server/base/time.hpp"

#include <set>
#include <string>

/// A year's calendar as it is written down (schema/calendar/), read as somebody would who has to answer for
/// it.
namespace sponsio::domain {

bool is_weekend(std::chrono::sys_days day);

struct CalendarYear {
    std::string calendar_id;  ///< "cn"
    std::chrono::year year{};
    std::string version;  ///< "cn-2027.1": id and year, then what tells corrections apart
    std::set<std::chrono::sys_days> holidays;
    std::set<std::chrono::sys_days> worked_weekends;
};

/// problem::invalid where it contradicts itself (days of another year, worked days that are no weekend),
/// names no source, or cannot be the year that the State Council announced: a festival is missing or lies at
/// another time, or fewer working days are free, after those worked in exchange, than the law gives (Holidays
/// of National Festivals and Memorial Days, State Council, version in force that year), or more than five
/// above that. Its sentence has the numbers.
Outcome<CalendarYear> read_calendar(Resource const& file);

}  // namespace sponsio::domain

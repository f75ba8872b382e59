#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"
#include "server/base/time.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Working days. The State Council announces each year's holidays and the weekend days worked in exchange;
/// without that announcement nobody knows which days of a year are worked, so a question about an unknown
/// year is a fault (problem::calendar_unknown) and never a guess.
namespace sponsio::domain {

class WorkingCalendar {
  public:
    /// A day that was counted to, and the calendar versions the counting used, oldest first.
    struct Counted {
        Date date;
        std::vector<std::string> versions;
    };

    /// From the files the binary carries (calendar/) and `more` files of the same form, which an operator
    /// adds when a new year is announced. Two files for one year are refused.
    static Outcome<WorkingCalendar> from_resources(std::span<Resource const> more = {});
    static Outcome<WorkingCalendar> from_files(std::span<Resource const> files);

    [[nodiscard]] Outcome<bool> is_working_day(Date day) const;
    /// The n-th working day after `start`, which itself is not counted, worked or not. n >= 1.
    [[nodiscard]] Outcome<Counted> add_working_days(Date start, int n) const;
    /// `day` itself if it is worked, else the first one after it that is.
    [[nodiscard]] Outcome<Counted> next_working_day(Date day) const;
    /// Working days after `from` up to and including `to`; 0 if `to` is not after `from`.
    [[nodiscard]] Outcome<int> working_days_between(Date from, Date to) const;

    [[nodiscard]] bool knows(std::chrono::year year) const { return years_.contains(year); }

    /// Those it knows, oldest first.
    [[nodiscard]] std::vector<std::chrono::year> years() const;

    /// "cn-2026" and the like; a fault for an unknown year.
    [[nodiscard]] Outcome<std::string> version(std::chrono::year year) const;

  private:
    struct Year {
        std::string version;
        std::set<std::chrono::sys_days> holidays;
        std::set<std::chrono::sys_days> worked_weekends;
    };

    std::map<std::chrono::year, Year> years_;
};

Date add_calendar_days(Date day, int n);
/// The corresponding day n months on, or the last of that month where it has none (Civil Code art. 202).
Date add_months(Date day, int n);

}  // namespace sponsio::domain

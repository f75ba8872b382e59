#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"
#include "server/base/time.hpp"
#include "server/domain/living.hpp"

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Working days. The State Council announces each year's holidays and the weekend days worked in exchange;
/// without that announcement nobody knows which days of a year are worked, so a question about an unknown
/// year is a fault (problem::calendar_unknown) and never a guess.
namespace sponsio::domain {

/// Copies of one know the same, and go on to when one of them learns of another year.
class WorkingCalendar {
  public:
    /// A day that was counted to, and the calendar versions the counting used, oldest first.
    struct Counted {
        Date date;
        std::vector<std::string> versions;
    };

    /// From the files the binary carries (calendar/) and `more` files of the same form, which an operator
    /// gives when a new year is announced or one is corrected. Of several files for one year the one with the
    /// highest version counts; two with the same version are refused.
    static Outcome<WorkingCalendar> from_resources(std::span<Resource const> more = {});
    static Outcome<WorkingCalendar> from_files(std::span<Resource const> files);

    /// From now on every copy of this one knows what `newer` knows. What was counted keeps naming the
    /// versions it was counted with.
    void become(WorkingCalendar const& newer);

    [[nodiscard]] Outcome<bool> is_working_day(Date day) const;
    /// The n-th working day after `start`, which itself is not counted, worked or not. n >= 1.
    [[nodiscard]] Outcome<Counted> add_working_days(Date start, int n) const;
    /// `day` itself if it is worked, else the first one after it that is.
    [[nodiscard]] Outcome<Counted> next_working_day(Date day) const;
    /// Working days after `from` up to and including `to`; 0 if `to` is not after `from`.
    [[nodiscard]] Outcome<int> working_days_between(Date from, Date to) const;

    [[nodiscard]] bool knows(std::chrono::year year) const { return years_->now().contains(year); }

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

    using Years = std::map<std::chrono::year, Year>;

    explicit WorkingCalendar(Years years) : years_(std::make_shared<Living<Years>>(std::move(years))) {}

    static Outcome<bool> is_worked(Years const& years, Date day);
    static Outcome<Counted> count(Years const& years, Date start, int n);

    std::shared_ptr<Living<Years>> years_;
};

Date add_calendar_days(Date day, int n);
/// The corresponding day n months on, or the last of that month where it has none (Civil Code art. 202).
Date add_months(Date day, int n);

}  // namespace sponsio::domain

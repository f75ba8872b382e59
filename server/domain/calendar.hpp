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
/// without that announcement the working days of a year are unknown, so a year without a calendar is a fault
/// (problem::calendar_unknown) and never a guess.
namespace sponsio::domain {

/// Copies share their content: a year that one learns, all know.
class WorkingCalendar {
  public:
    /// A computed day, and the calendar versions used for it, oldest first.
    struct Counted {
        Date date;
        std::vector<std::string> versions;
    };

    /// Reads the files in the binary (calendar/) and `more` files of the same form, which an operator gives
    /// when a new year is announced or a calendar is corrected. Of several files for one year the one with
    /// the highest version counts; two with the same version are refused.
    static Outcome<WorkingCalendar> from_resources(std::span<Resource const> more = {});
    static Outcome<WorkingCalendar> from_files(std::span<Resource const> files);

    /// Gives every copy of this calendar the content of `newer`. Days computed before keep the versions that
    /// they were computed with.
    void become(WorkingCalendar const& newer);

    [[nodiscard]] Outcome<bool> is_working_day(Date day) const;
    /// The n-th working day after `start`; `start` itself is not counted. n >= 1.
    [[nodiscard]] Outcome<Counted> add_working_days(Date start, int n) const;
    /// `day` itself if it is a working day, else the next one.
    [[nodiscard]] Outcome<Counted> next_working_day(Date day) const;
    /// Working days after `from` up to and including `to`; 0 if `to` is not after `from`.
    [[nodiscard]] Outcome<int> working_days_between(Date from, Date to) const;

    [[nodiscard]] bool knows(std::chrono::year year) const { return years_->now().contains(year); }

    /// The years with a calendar, oldest first.
    [[nodiscard]] std::vector<std::chrono::year> years() const;

    /// The version, such as "cn-2026"; a fault for an unknown year.
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
/// The corresponding day n months later, or the last day of that month if it has none (Civil Code art. 202).
Date add_months(Date day, int n);

}  // namespace sponsio::domain

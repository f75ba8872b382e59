#include "server/domain/calendar.hpp"

#include "server/domain/calendar_file.hpp"
#include "server/domain/data_file.hpp"

#include <utility>

namespace sponsio::domain {
namespace {

using namespace std::chrono;

constexpr int longest_count = 10'000;  ///< working days; beyond this the caller has a bug, not a period

Fault unknown_year(year wanted) {
    std::string const number = std::to_string(int{wanted});
    return fault(
        problem::calendar_unknown,
        "The working days of " + number +
            " have not been given to this system; the operator gives the State Council's calendar of that "
            "year with: sponsio knowledge add",
        "本系统尚无" + number +
            "年的工作日安排；国务院公布该年度放假安排后，由系统运行单位用 sponsio knowledge add 补充。");
}

/// Collects the calendar versions that a count uses, each once, in order.
void note_version(std::vector<std::string>& versions, std::string const& version) {
    if (versions.empty() || versions.back() != version) versions.push_back(version);
}

}  // namespace

Outcome<WorkingCalendar> WorkingCalendar::from_resources(std::span<Resource const> more) {
    std::vector<Resource> files = resources_in("calendar/");
    files.insert(files.end(), more.begin(), more.end());
    return from_files(files);
}

Outcome<WorkingCalendar> WorkingCalendar::from_files(std::span<Resource const> files) {
    Years years;
    for (Resource const& file : files) {
        auto read = read_calendar(file);
        if (!read) return read.error();
        Year fresh{read->version, std::move(read->holidays), std::move(read->worked_weekends)};
        auto const [known, is_new] = years.try_emplace(read->year, fresh);
        if (is_new) continue;
        int const order = compare_versions(fresh.version, known->second.version);
        if (order == 0) return data_fault(file.name, {{"/version", &reason::not_unique}});
        if (order > 0) known->second = std::move(fresh);
    }
    return WorkingCalendar(std::move(years));
}

void WorkingCalendar::become(WorkingCalendar const& newer) {
    years_->become(*newer.years_);
}

std::vector<year> WorkingCalendar::years() const {
    std::vector<year> list;
    for (auto const& [number, days] : years_->now()) list.push_back(number);
    return list;
}

Outcome<std::string> WorkingCalendar::version(year wanted) const {
    Years const& years = years_->now();
    auto const found = years.find(wanted);
    if (found == years.end()) return unknown_year(wanted);
    return found->second.version;
}

Outcome<bool> WorkingCalendar::is_working_day(Date date) const {
    return is_worked(years_->now(), date);
}

Outcome<bool> WorkingCalendar::is_worked(Years const& years, Date date) {
    auto const found = years.find(date.year());
    if (found == years.end()) return unknown_year(date.year());
    sys_days const day{date};
    if (is_weekend(day)) return found->second.worked_weekends.contains(day);
    return !found->second.holidays.contains(day);
}

Outcome<WorkingCalendar::Counted> WorkingCalendar::add_working_days(Date start, int n) const {
    return count(years_->now(), start, n);
}

Outcome<WorkingCalendar::Counted> WorkingCalendar::count(Years const& years, Date start, int n) {
    if (n < 1 || n > longest_count) return fault(problem::internal);
    Counted counted{.date = start, .versions = {}};
    for (int left = n; left > 0;) {
        counted.date = add_calendar_days(counted.date, 1);
        auto const worked = is_worked(years, counted.date);
        if (!worked) return worked.error();
        note_version(counted.versions, years.at(counted.date.year()).version);
        if (*worked) --left;
    }
    return counted;
}

Outcome<WorkingCalendar::Counted> WorkingCalendar::next_working_day(Date day) const {
    Years const& years = years_->now();
    auto const worked = is_worked(years, day);
    if (!worked) return worked.error();
    std::string const& version_here = years.at(day.year()).version;
    if (*worked) return Counted{.date = day, .versions = {version_here}};
    auto later = count(years, day, 1);
    if (later && later->versions.front() != version_here)
        later->versions.insert(later->versions.begin(), version_here);
    return later;
}

Outcome<int> WorkingCalendar::working_days_between(Date from, Date to) const {
    Years const& years = years_->now();
    int count = 0;
    for (Date day = from; day < to;) {
        day = add_calendar_days(day, 1);
        auto const worked = is_worked(years, day);
        if (!worked) return worked.error();
        if (*worked) ++count;
    }
    return count;
}

Date add_calendar_days(Date day, int n) {
    return Date{sys_days{day} + days{n}};
}

Date add_months(Date day, int n) {
    Date const moved = day + months{n};
    if (moved.ok()) return moved;
    return Date{moved.year() / moved.month() / last};
}

}  // namespace sponsio::domain

#include "server/domain/calendar.hpp"

#include "server/domain/data_file.hpp"

#include <algorithm>
#include <utility>

namespace sponsio::domain {
namespace {

using namespace std::chrono;

bool is_weekend(sys_days day) {
    weekday const w{day};
    return w == Saturday || w == Sunday;
}

constexpr Reason other_year{"out_of_range", "is not a day of the file's year", "不属于本年度"};
constexpr Reason not_a_weekend{"not_allowed_here", "is not a Saturday or Sunday", "不是周六或周日"};
constexpr Reason worked_holiday{"not_allowed_here", "is announced as a holiday too", "同时列为放假日"};
constexpr int longest_count = 10'000;  ///< working days; beyond this the caller has a bug, not a period

struct YearFile {
    std::chrono::year year{};
    std::string version;
    std::set<sys_days> holidays;
    std::set<sys_days> worked_weekends;
};

void read_holiday(Fields& fields, YearFile& file) {
    fields.bilingual("name", {.max = 100});
    Date const from = fields.date("from"), to = fields.date("to");
    if (!from.ok() || !to.ok()) return;
    if (to < from) return fields.refuse("to", reversed_days);
    if (from.year() != file.year || to.year() != file.year) return fields.refuse("from", other_year);
    for (sys_days day = from; day <= sys_days{to}; day += days{1})
        if (!file.holidays.insert(day).second) fields.refuse("from", overlapping_days);
}

void read_worked_weekends(Fields& fields, YearFile& file) {
    for (std::string const& text : fields.texts("worked_weekends", {.min = 0, .max = 60}, {.max = 10})) {
        auto const day = parse_iso_date(text);
        if (!day || day->year() != file.year)
            fields.refuse("worked_weekends", other_year);
        else if (!is_weekend(*day))
            fields.refuse("worked_weekends", not_a_weekend);
        else if (file.holidays.contains(*day))
            fields.refuse("worked_weekends", worked_holiday);
        else if (!file.worked_weekends.insert(*day).second)
            fields.refuse("worked_weekends", overlapping_days);
    }
}

YearFile read_year(Fields& fields) {
    YearFile file;
    fields.text("calendar_id", {.max = 16});
    file.year = year{static_cast<int>(fields.integer("year", 2000, 2999))};
    file.version = fields.text("version", {.max = 32});
    fields.object("source", [](Fields& source) {
        source.text("key", {.max = 100});
        source.bilingual("text", {.max = 500});
        source.text("address", {.max = 500});
    });
    fields.objects("holidays", {.min = 1, .max = 60}, [&](Fields& holiday) { read_holiday(holiday, file); });
    read_worked_weekends(fields, file);
    return file;
}

Fault unknown_year(year wanted) {
    std::string const number = std::to_string(int{wanted});
    return fault(problem::calendar_unknown,
                 "The working days of " + number + " have not been announced to this system.",
                 "本系统尚无" + number + "年的工作日安排。");
}

/// Collects the versions of the years that a count passes through, each once, in order.
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
    WorkingCalendar calendar;
    for (Resource const& file : files) {
        auto read = read_data_file(file, read_year);
        if (!read) return read.error();
        bool const fresh = calendar.years_
                               .try_emplace(read->year, Year{read->version, std::move(read->holidays),
                                                             std::move(read->worked_weekends)})
                               .second;
        if (!fresh) return data_fault(file.name, {{"/year", &reason::not_unique}});
    }
    return calendar;
}

std::vector<year> WorkingCalendar::years() const {
    std::vector<year> list;
    for (auto const& [number, days] : years_) list.push_back(number);
    return list;
}

Outcome<std::string> WorkingCalendar::version(year wanted) const {
    auto const found = years_.find(wanted);
    if (found == years_.end()) return unknown_year(wanted);
    return found->second.version;
}

Outcome<bool> WorkingCalendar::is_working_day(Date date) const {
    auto const found = years_.find(date.year());
    if (found == years_.end()) return unknown_year(date.year());
    sys_days const day{date};
    if (is_weekend(day)) return found->second.worked_weekends.contains(day);
    return !found->second.holidays.contains(day);
}

Outcome<WorkingCalendar::Counted> WorkingCalendar::add_working_days(Date start, int n) const {
    if (n < 1 || n > longest_count) return fault(problem::internal);
    Counted counted{.date = start, .versions = {}};
    for (int left = n; left > 0;) {
        counted.date = add_calendar_days(counted.date, 1);
        auto const worked = is_working_day(counted.date);
        if (!worked) return worked.error();
        note_version(counted.versions, years_.at(counted.date.year()).version);
        if (*worked) --left;
    }
    return counted;
}

Outcome<WorkingCalendar::Counted> WorkingCalendar::next_working_day(Date day) const {
    auto const worked = is_working_day(day);
    if (!worked) return worked.error();
    std::string const& version_here = years_.at(day.year()).version;
    if (*worked) return Counted{.date = day, .versions = {version_here}};
    auto later = add_working_days(day, 1);
    if (later && later->versions.front() != version_here)
        later->versions.insert(later->versions.begin(), version_here);
    return later;
}

Outcome<int> WorkingCalendar::working_days_between(Date from, Date to) const {
    int count = 0;
    for (Date day = from; day < to;) {
        day = add_calendar_days(day, 1);
        auto const worked = is_working_day(day);
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

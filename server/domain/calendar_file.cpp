#include "server/domain/calendar_file.hpp"

#include "server/base/form.hpp"
#include "server/domain/data_file.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

using namespace std::chrono;

constexpr Reason other_year{"out_of_range", "is not a day of the file's year", "不属于本年度"};
constexpr Reason not_a_weekend{"not_allowed_here", "is not a Saturday or Sunday", "不是周六或周日"};
constexpr Reason worked_holiday{"not_allowed_here", "is announced as a holiday too", "同时列为放假日"};
constexpr Reason another_version{"bad_format", "does not begin with calendar_id, year and a dot (cn-2027.1)",
                                 "应以日历标识、年度和点号开头（如 cn-2027.1）"};

/// Extra days the State Council gave in single years: one in 2015, three in 2020.
constexpr int most_extra_days = 5;

/// A festival of the law: the word in its name, and the first and last day on which it can begin.
struct Festival {
    std::string_view word;
    std::string_view english;
    month_day first, last;
};

/// The lunar festivals move in the solar year: the new year between 21 January and 20 February, its eve a day
/// before; the fifth day of the fifth month; the fifteenth of the eighth.
constexpr Festival festivals[] = {
    {"元旦", "New Year's Day", January / 1, January / 1},
    {"春节", "the Spring Festival", January / 20, February / 20},
    {"清明", "Tomb-Sweeping Day", April / 4, April / 6},
    {"劳动", "Labour Day", May / 1, May / 1},
    {"端午", "the Dragon Boat Festival", May / 27, June / 26},
    {"中秋", "the Mid-Autumn Festival", September / 7, October / 9},
    {"国庆", "National Day", October / 1, October / 1},
};

/// The days off by law, each of which falls on a working day or is made up for by one.
int statutory_days(year of) {
    if (of >= year{2025}) return 13;
    return of >= year{2008} ? 11 : 10;
}

struct Holiday {
    std::string name_zh;
    sys_days from, to;
};

struct Reading {
    CalendarYear year;
    std::vector<Holiday> holidays;
};

void read_holiday(Fields& fields, Reading& file) {
    Bilingual const name = fields.bilingual("name", {.max = 100});
    Date const from = fields.date("from"), to = fields.date("to");
    if (!from.ok() || !to.ok()) return;
    if (to < from) return fields.refuse("to", reversed_days);
    if (from.year() != file.year.year || to.year() != file.year.year)
        return fields.refuse("from", other_year);
    file.holidays.push_back({name.zh, from, to});
    for (sys_days day = from; day <= sys_days{to}; day += days{1})
        if (!file.year.holidays.insert(day).second) fields.refuse("from", overlapping_days);
}

void read_worked_weekends(Fields& fields, CalendarYear& file) {
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

void read_source(Fields& source) {
    std::string const key = source.text("key", {.max = 100});
    Bilingual const text = source.bilingual("text", {.max = 500});
    std::string const address = source.text("address", {.max = 500});
    refuse_placeholder(source, "key", key);
    refuse_placeholder(source, "text", text);
    refuse_placeholder(source, "address", address);
    refuse_unless_address(source, "address", address);
}

Reading read_year(Fields& fields) {
    Reading file;
    CalendarYear& head = file.year;
    head.calendar_id = fields.text("calendar_id", {.max = 16});
    if (!head.calendar_id.empty() && !is_code_word(head.calendar_id, "-"))
        fields.refuse("calendar_id", reason::bad_format, form::word_with_hyphens);
    head.year = year{static_cast<int>(fields.integer("year", 2000, 2999))};
    head.version = fields.text("version", {.max = 32});
    std::string const beginning = head.calendar_id + "-" + std::to_string(int{head.year}) + ".";
    if (!head.version.empty() &&
        (!head.version.starts_with(beginning) || head.version.size() == beginning.size()))
        fields.refuse("version", another_version);
    fields.object("source", read_source);
    fields.objects("holidays", {.min = 1, .max = 60}, [&](Fields& holiday) { read_holiday(holiday, file); });
    read_worked_weekends(fields, head);
    return file;
}

bool holds(Reading const& file, Festival const& festival) {
    sys_days const first{file.year.year / festival.first}, last{file.year.year / festival.last};
    return std::ranges::any_of(file.holidays, [&](Holiday const& holiday) {
        return holiday.name_zh.find(festival.word) != std::string::npos && holiday.from <= last &&
               holiday.to >= first;
    });
}

/// The number of working days that the holidays take from the year.
int days_off(CalendarYear const& file) {
    auto const weekdays = std::ranges::count_if(file.holidays, [](sys_days day) { return !is_weekend(day); });
    return static_cast<int>(weekdays) - static_cast<int>(file.worked_weekends.size());
}

Outcome<void> could_be_announced(Reading const& file, std::string_view name) {
    std::string const number = std::to_string(int{file.year.year});
    for (Festival const& festival : festivals)
        if (!holds(file, festival))
            return document_fault(
                name, {"The calendar of " + number + " lacks " + std::string(festival.english) + " (" +
                           std::string(festival.word) + ") at its time of the year.",
                       number + "年日历缺少应有时段内的" + std::string(festival.word) + "假期。"});
    int const off = days_off(file.year), by_law = statutory_days(file.year.year);
    if (off >= by_law && off <= by_law + most_extra_days) return {};
    std::string const has = std::to_string(off), law = std::to_string(by_law),
                      most = std::to_string(by_law + most_extra_days);
    return document_fault(name, {"The calendar of " + number + " frees " + has +
                                     " working days, those worked in exchange taken off; by law there are " +
                                     law + ", and with extra days at most " + most + ".",
                                 number + "年日历扣除调休上班后共放假 " + has + " 个工作日；法定为 " + law +
                                     " 天，加上个别年份增加的放假日不超过 " + most + " 天。"});
}

}  // namespace

bool is_weekend(sys_days day) {
    weekday const w{day};
    return w == Saturday || w == Sunday;
}

Outcome<CalendarYear> read_calendar(Resource const& file) {
    auto read = read_data_file(file, read_year);
    if (!read) return read.error();
    if (auto possible = could_be_announced(*read, file.name); !possible) return possible.error();
    return std::move(read->year);
}

}  // namespace sponsio::domain

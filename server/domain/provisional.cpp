#include "server/domain/provisional.hpp"

#include "server/domain/calendar.hpp"
#include "server/domain/calendar_file.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace sponsio::domain {
namespace {

using namespace std::chrono;

/// The festivals of a year that move: those of the moon by the day in China of its new moon, which for the
/// years that are carried agrees with their notices.
struct Moving {
    int year;
    month_day spring;  ///< the first day of the first month; its eve is free too
    month_day qingming;
    month_day dragon_boat;
    month_day mid_autumn;
};

constexpr Moving moving[] = {
    {2025, January / 29, April / 4, May / 31, October / 6},
    {2026, February / 17, April / 5, June / 19, September / 25},
    {2027, February / 6, April / 5, June / 9, September / 15},
    {2028, January / 26, April / 4, May / 28, October / 3},
    {2029, February / 13, April / 4, June / 16, September / 22},
    {2030, February / 3, April / 5, June / 5, September / 12},
};

/// A festival's days by law (Holidays of National Festivals and Memorial Days, State Council, 2024-11-10,
/// art. 2), and how long its days off have been at most since 2020.
struct Festival {
    sys_days first;
    int days;
    int longest;

    [[nodiscard]] bool has(sys_days day) const {
        return day >= first && day < first + std::chrono::days{days};
    }
};

using Festivals = std::vector<Festival>;

std::optional<Festivals> festivals_of(year of) {
    auto const* const row = std::ranges::find(moving, int{of}, &Moving::year);
    if (row == std::end(moving)) return std::nullopt;
    auto const on = [&](month_day day) { return sys_days{of / day}; };
    return Festivals{{on(January / 1), 1, 3}, {on(row->spring) - days{1}, 4, 9}, {on(row->qingming), 1, 3},
                     {on(May / 1), 2, 5},     {on(row->dragon_boat), 1, 3},      {on(row->mid_autumn), 1, 3},
                     {on(October / 1), 3, 8}};
}

/// How far from a festival a weekend may be worked in exchange.
constexpr days reach{14};
/// No period that is counted in working days reaches further than this beyond a known year.
constexpr int longest_count = 400;

/// The days of the years that are not announced, with some days beside each festival free as well.
class Guess {
  public:
    Guess(WorkingCalendar const& calendar, Festivals festivals)
        : calendar_(calendar), festivals_(std::move(festivals)), before_(festivals_.size(), 0) {}

    [[nodiscard]] std::size_t size() const { return festivals_.size(); }

    [[nodiscard]] int room(std::size_t festival) const {
        return festivals_[festival].longest - festivals_[festival].days;
    }

    /// Whether its days off can lie before this day, so that they can move the end.
    [[nodiscard]] bool lies_before(std::size_t festival, sys_days end) const {
        return festivals_[festival].first - days{room(festival)} <= end;
    }

    /// Has the days off of a festival begin so many days before it.
    void begin_before(std::size_t festival, int days) { before_[festival] = days; }

    /// As many days are worked as there can be: weekends in exchange, no more than six days in a row.
    [[nodiscard]] bool most(sys_days day) const {
        if (auto const known = known_day(day)) return *known;
        if (is_statutory(day)) return false;
        if (!is_weekend(day)) return true;
        bool const near = std::ranges::any_of(festivals_, [&](Festival const& one) {
            return day >= one.first - reach && day < one.first + std::chrono::days{one.days} + reach;
        });
        return near && (weekday{day} == Saturday || is_statutory(day - days{1}));
    }

    /// As few as there can be: no weekend is worked, and each festival has its longest days off.
    [[nodiscard]] bool fewest(sys_days day) const {
        if (auto const known = known_day(day)) return *known;
        if (is_weekend(day)) return false;
        for (std::size_t i = 0; i != festivals_.size(); ++i) {
            sys_days const from = festivals_[i].first - days{before_[i]};
            if (day >= from && day < from + days{festivals_[i].longest}) return false;
        }
        return true;
    }

  private:
    [[nodiscard]] std::optional<bool> known_day(sys_days day) const {
        auto const worked = calendar_.is_working_day(Date{day});
        return worked ? std::optional(*worked) : std::nullopt;
    }

    [[nodiscard]] bool is_statutory(sys_days day) const {
        return std::ranges::any_of(festivals_, [&](Festival const& one) { return one.has(day); });
    }

    WorkingCalendar const& calendar_;
    Festivals festivals_;
    std::vector<int> before_;
};

/// The last day of the period where `is_worked` tells working days.
std::optional<sys_days> last_day(ClockRule const& rule, Date event,
                                 std::function<bool(sys_days)> const& is_worked) {
    sys_days day = event;
    int left = rule.value;
    if (rule.unit != PeriodUnit::working_days) {
        day = plain_last_day(rule, event);
        if (is_worked(day)) return day;
        left = 1;
    }
    for (int steps = 0; steps != longest_count; ++steps) {
        day += days{1};
        if (is_worked(day) && --left == 0) return day;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Provisional> provisional_end(ClockRule const& rule, Date event,
                                           WorkingCalendar const& calendar) {
    auto const period = begin_period(rule, event, calendar);
    if (!period || !period->waits_for) return std::nullopt;
    auto festivals = festivals_of(*period->waits_for);
    if (!festivals) return std::nullopt;
    // Those of the year after take part where they are known: a long count may reach them.
    if (auto const next = festivals_of(*period->waits_for + years{1}))
        festivals->insert(festivals->end(), next->begin(), next->end());
    Guess guess(calendar, std::move(*festivals));
    auto const earliest = last_day(rule, event, [&](sys_days day) { return guess.most(day); });
    auto const latest_now = [&] {
        return last_day(rule, event, [&](sys_days day) { return guess.fewest(day); });
    };
    auto latest = latest_now();
    for (std::size_t festival = 0; festival != guess.size(); ++festival) {
        int best = 0;
        if (!latest || !guess.lies_before(festival, *latest)) continue;
        for (int before = 0; before <= guess.room(festival); ++before) {
            guess.begin_before(festival, before);
            if (auto const end = latest_now(); end && latest && *end > *latest) {
                latest = end;
                best = before;
            }
        }
        guess.begin_before(festival, best);
    }
    if (!earliest || !latest) return std::nullopt;
    return Provisional{Date{*earliest}, Date{*latest}};
}

Bilingual const& provisional_source() {
    static Bilingual const source{
        "Statutory days of the year only (Holidays of National Festivals and Memorial Days, State Council, "
        "2024-11-10, art. 2, 6, 7); days off as long as they have been at most since 2020, one weekend day a "
        "week "
        "worked in exchange. Provisional: the State Council's notice of the year decides.",
        "仅依据《全国年节及纪念日放假办法》（2024年11月10日修订）第二条、第六条、第七条的法定放假日；假期长度"
        "取2020"
        "年以来最长者，调休上班每周末至多一日。属暂定，以国务院公布的该年度放假安排为准。"};
    return source;
}

Json provisional_view(std::optional<Provisional> const& days) {
    if (!days) return {};
    return JsonObject{{"earliest", to_iso(days->earliest)},
                      {"latest", to_iso(days->latest)},
                      {"source", to_json(provisional_source())}};
}

}  // namespace sponsio::domain

#include "server/sheet/date_forms.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sponsio::sheet {
namespace {

using How = ReadDate::How;

/// Takes digits off the front.
std::optional<unsigned> number(std::string_view& text, std::size_t least, std::size_t most) {
    std::size_t length = 0;
    while (length != text.size() && length != most && text[length] >= '0' && text[length] <= '9') ++length;
    if (length < least) return std::nullopt;
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + length, value);
    text.remove_prefix(length);
    return value;
}

bool skip(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) return false;
    text.remove_prefix(what.size());
    return true;
}

/// Whether nothing is left but midnight.
bool is_over(std::string_view rest) {
    if (rest.empty()) return true;
    if (!skip(rest, "T")) {
        if (!skip(rest, " ")) return false;
        while (skip(rest, " ")) {
        }
    }
    for (std::string_view midnight : {"0:00", "00:00", "0:00:00", "00:00:00", "00:00:00.000"})
        if (rest == midnight) return true;
    return false;
}

ReadDate day_of(unsigned year, unsigned month, unsigned day, How how) {
    Date const date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                    std::chrono::day(day)};
    if (!date.ok() || year < 1800 || year > 2999) return {How::no_such_day};
    return {how, date};
}

}  // namespace

ReadDate read_date(std::string_view text) {
    std::string_view rest = text;
    auto const year = number(rest, 4, 4);
    if (!year) return {};

    struct Marks {
        std::string_view after_year, after_month, after_day;
    };

    for (auto const& [after_year, after_month, after_day] : std::to_array<Marks>(
             {{"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}, {"", "", ""}})) {
        std::string_view here = rest;
        if (!skip(here, after_year)) continue;
        bool const packed = after_year.empty();
        auto const month = number(here, packed ? 2 : 1, 2);
        if (!month || !skip(here, after_month)) continue;
        auto const day = number(here, packed ? 2 : 1, 2);
        if (!day || !skip(here, after_day) || !is_over(here)) continue;
        bool const iso = after_year == "-" && text.size() == 10;
        return day_of(*year, *month, *day, iso ? How::iso : How::other_form);
    }
    return {};
}

std::optional<Date> day_of_serial(double serial, bool since_1904) {
    using std::chrono::days;
    constexpr double last = 2'958'465;  // 9999-12-31
    if (!(serial >= 0) || serial > last) return std::nullopt;
    auto const whole = static_cast<int>(std::floor(serial));
    std::chrono::sys_days base{std::chrono::year(1904) / 1 / 1};
    if (!since_1904) {
        if (whole == 0 || whole == 60) return std::nullopt;
        base = std::chrono::sys_days{std::chrono::year(1899) / 12 / (whole < 60 ? 31 : 30)};
    }
    return Date{base + days{whole}};
}

}  // namespace sponsio::sheet

#include "server/base/time.hpp"

namespace sponsio {
namespace {

using namespace std::chrono;

constexpr hours china_offset{8};

/// The number in exactly these `count` decimal digits.
std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
    if (from + count > text.size()) return std::nullopt;
    int value = 0;
    for (char c : text.substr(from, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// Microseconds of ".123456"; nothing unless it has one to nine digits.
std::optional<microseconds> fraction(std::string_view text) {
    if (text.size() < 2 || text.size() > 10 || text[0] != '.') return std::nullopt;
    std::string six(text.substr(1));
    six.resize(6, '0');
    auto value = digits(six, 0, 6);
    if (!value || !digits(text, 1, text.size() - 1)) return std::nullopt;
    return microseconds{*value};
}

/// "Z", "+08:00", "-03:30".
std::optional<minutes> zone(std::string_view text) {
    if (text == "Z" || text == "z") return minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    auto h = digits(text, 1, 2), m = digits(text, 4, 2);
    if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
    minutes const offset{*h * 60 + *m};
    return text[0] == '+' ? offset : -offset;
}

/// Appends a decimal number with leading zeros. snprintf would be too slow for every log line and receipt.
void append_digits(std::string& text, std::int64_t value, std::size_t width) {
    text.append(width, '0');
    for (std::size_t i = 0; i != width; ++i, value /= 10)
        text[text.size() - 1 - i] = static_cast<char>('0' + value % 10);
}

void append_date(std::string& text, Date d) {
    append_digits(text, int{d.year()}, 4);
    append_digits(text += '-', unsigned{d.month()}, 2);
    append_digits(text += '-', unsigned{d.day()}, 2);
}

}  // namespace

Instant SystemClock::now() const {
    return floor<microseconds>(system_clock::now());
}

std::string to_iso(Date d) {
    std::string text;
    append_date(text, d);
    return text;
}

std::string to_rfc3339(Instant t) {
    auto const day = floor<days>(t);
    hh_mm_ss const clock{t - day};
    std::string text;
    text.reserve(27);
    append_date(text, Date{day});
    append_digits(text += 'T', clock.hours().count(), 2);
    append_digits(text += ':', clock.minutes().count(), 2);
    append_digits(text += ':', clock.seconds().count(), 2);
    append_digits(text += '.', clock.subseconds().count(), 6);
    text += 'Z';
    return text;
}

std::optional<Date> parse_iso_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
    if (!y || !m || !d) return std::nullopt;
    Date const date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    auto date = parse_iso_date(text.substr(0, 10));
    auto h = digits(text, 11, 2), m = digits(text, 14, 2), s = digits(text, 17, 2);
    if (!date || !h || !m || !s || *h > 23 || *m > 59 || *s > 59) return std::nullopt;
    std::size_t const zone_at = text.find_first_of("Zz+-", 19);
    if (zone_at == std::string_view::npos) return std::nullopt;
    microseconds sub{0};
    if (zone_at > 19) {
        auto f = fraction(text.substr(19, zone_at - 19));
        if (!f) return std::nullopt;
        sub = *f;
    }
    auto offset = zone(text.substr(zone_at));
    if (!offset) return std::nullopt;
    return Instant{sys_days{*date} + hours{*h} + minutes{*m} + seconds{*s} + sub - *offset};
}

Date china_date(Instant t) {
    return Date{floor<days>(t + china_offset)};
}

Instant china_midnight(Date d) {
    return Instant{sys_days{d} - china_offset};
}

}  // namespace sponsio

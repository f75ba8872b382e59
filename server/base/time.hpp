#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio {

/// Microseconds since 1970 in UTC: exactly what a timestamptz holds.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Date = std::chrono::year_month_day;

/// The source of business time. It is read once per request or round and passed on as a value.
struct Clock {
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override;
};

/// The moment until which the caller waits. Monotonic; not business time.
using Deadline = std::chrono::steady_clock::time_point;

/// RFC 3339 in UTC with six decimals, "2026-03-02T01:00:00.000000Z".
std::string to_rfc3339(Instant t);
std::optional<Instant> parse_rfc3339(std::string_view text);

/// ISO 8601 calendar date, "2026-03-02".
std::string to_iso(Date d);
/// Nothing if the text is not in that form or names no day of the calendar (2026-02-30).
std::optional<Date> parse_iso_date(std::string_view text);

/// The calendar day in China (UTC+8, no daylight saving since 1991), which law and commitment codes use.
Date china_date(Instant t);
/// The first instant of that day in China.
Instant china_midnight(Date d);

}  // namespace sponsio

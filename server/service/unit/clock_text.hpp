#pragma once

#include "server/domain/clock_rule.hpp"

#include <optional>
#include <string>

namespace sponsio::service {

/// The origin of a deadline in the one line that rows and events store: "rule; pack; calendar". The calendar
/// is left out if none was needed.
struct ClockText {
    std::string rule;
    std::string rule_pack;
    std::optional<std::string> calendar;

    static ClockText of(domain::DueDate const& due);
    /// For a period without a known end: the calendar is "unknown".
    static ClockText open(domain::ClockRule const& rule);
    /// Either of the two.
    static ClockText of(domain::Period const& period);
    static ClockText split(std::string const& line);
    [[nodiscard]] std::string line() const;
    /// Where it is explained: GET /v1/rules/explain, or the version of the matter that set it.
    [[nodiscard]] std::string explanation() const;
};

/// The last day of a period that ends before `ends`.
Date last_day(Instant ends);
Instant last_instant(Instant ends);

}  // namespace sponsio::service

#include "server/service/tasks/open_ends.hpp"

#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"

namespace sponsio::service {

using domain::Json;

store::TaskEnd end_of(domain::Period const& period) {
    std::optional<std::int32_t> waits_for;
    if (period.waits_for) waits_for = int{*period.waits_for};
    return {period.end ? period.end->ends : store::end_open, ClockText::of(period).line(), waits_for};
}

std::optional<domain::Provisional> provisional_end(store::TaskEnd const& end, Instant from,
                                                   domain::WorkingCalendar const& calendar) {
    if (!end.waits_for) return std::nullopt;
    ClockText const text = ClockText::split(end.rule);
    auto const rule = domain::read_rule_name(text.rule);
    if (!rule) return std::nullopt;
    return domain::provisional_end(*rule, china_date(from), calendar);
}

domain::JsonObject due_view(store::TaskEnd const& end, Instant from,
                            domain::WorkingCalendar const& calendar) {
    return {{"due_on", end.waits_for ? Json() : Json(to_iso(last_day(end.due_at)))},
            {"due_at", end.waits_for ? Json() : Json(to_rfc3339(last_instant(end.due_at)))},
            {"rule", ClockText::split(end.rule).rule},
            {"explanation", ClockText::split(end.rule).explanation()},
            {"waits_for_calendar", or_null(end.waits_for)},
            {"provisional", domain::provisional_view(provisional_end(end, from, calendar))}};
}

}  // namespace sponsio::service

#include "server/service/unit/clock_text.hpp"

#include "server/domain/rule_explanation.hpp"
#include "text/percent.hpp"

namespace sponsio::service {
namespace {

constexpr std::string_view between = "; ";

}  // namespace

ClockText ClockText::of(domain::DueDate const& due) {
    return {due.rule, due.rule_pack, due.calendar.empty() ? std::nullopt : std::optional(due.calendar)};
}

ClockText ClockText::open(domain::ClockRule const& rule) {
    return {domain::rule_name(rule), domain::pack_name(rule), "unknown"};
}

ClockText ClockText::of(domain::Period const& period) {
    return period.end ? of(*period.end) : open(period.rule);
}

ClockText ClockText::split(std::string const& line) {
    std::size_t const pack = line.find(between);
    if (pack == std::string::npos) return {line, {}, std::nullopt};
    std::size_t const calendar = line.find(between, pack + between.size());
    std::size_t const pack_at = pack + between.size();
    if (calendar == std::string::npos) return {line.substr(0, pack), line.substr(pack_at), std::nullopt};
    return {line.substr(0, pack), line.substr(pack_at, calendar - pack_at),
            line.substr(calendar + between.size())};
}

std::string ClockText::explanation() const {
    std::size_t const value = rule.find(' '), version = rule_pack.rfind(' ');
    std::string const id = rule.substr(0, value);
    std::string const pack = rule_pack.substr(0, version);
    if (id == domain::matters_own_rule)
        return "/v1/matters/" + percent_encoded(pack) + "/versions/" + rule_pack.substr(version + 1);
    return domain::explanation_link(id, pack, value == std::string::npos ? "" : rule.substr(value + 1));
}

std::string ClockText::line() const {
    std::string text = rule + std::string(between) + rule_pack;
    if (calendar) text += std::string(between) + *calendar;
    return text;
}

Date last_day(Instant ends) {
    return china_date(last_instant(ends));
}

Instant last_instant(Instant ends) {
    return ends - std::chrono::microseconds{1};
}

}  // namespace sponsio::service

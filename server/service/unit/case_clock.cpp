#include "server/service/unit/case_clock.hpp"

#include "server/base/internal.hpp"
#include "server/service/unit/clock_text.hpp"

namespace sponsio::service {
namespace {

Fault cited(Fault refusal, std::string const& rule, std::string const& pack,
            domain::RuleSource const& source) {
    refusal.detail.en += " [" + rule + "; " + pack + "; " + source.key + "]";
    refusal.detail.zh += "（" + rule + "；" + pack + "；" + source.text + "）";
    return refusal;
}

}  // namespace

Outcome<CaseClock> CountedBy::from(domain::ClockRule const& rule, Date event) const {
    auto const period = domain::begin_period(rule, event, calendar);
    if (!period) return period.error();
    if (!period->end) return CaseClock{std::nullopt, ClockText::open(rule).line()};
    return CaseClock{period->end->ends, ClockText::of(*period->end).line()};
}

Outcome<CaseClock> CountedBy::from(domain::ClockId id, Date event) const {
    auto const rule = rules.clock(id, region, event);
    if (!rule) return rule.error();
    return from(*rule, event);
}

Outcome<CountedBy> CountedBy::at(db::PgSession& db, OrganisationId organisation, domain::Rules const& rules,
                                 domain::WorkingCalendar const& calendar) {
    auto const unit = store::organisation_by_id(db, organisation);
    if (!unit) return internal("unit of a case");
    return CountedBy{rules, calendar, unit->region_code};
}

Outcome<CaseClock> CountedBy::from(domain::ClockId id, Instant event) const {
    return from(id, china_date(event));
}

Fault by_rule(Fault refusal, domain::ClockRule const& rule) {
    return cited(std::move(refusal), domain::rule_name(rule), domain::pack_name(rule), rule.source);
}

Fault by_rule(Fault refusal, domain::Rules::Found const& found) {
    return cited(std::move(refusal), found.rule->id, found.pack->pack_id + " " + found.pack->version,
                 found.rule->source);
}

}  // namespace sponsio::service

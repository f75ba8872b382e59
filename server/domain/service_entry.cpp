#include "server/domain/service_entry.hpp"

#include "server/domain/second_person.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

Outcome<void> is_another(LateServiceFacts const& f) {
    return second_person(f.actor, f.recorded_by, "Who recorded a service late does not confirm it.",
                         "补录送达的人员不得自行确认。");
}

constexpr Guard<LateServiceFacts> another{"another person", is_another};
constexpr LateServiceLifecycle::Row rows[] = {
    {LateServiceState::entered, LateServiceEvent::confirm, LateServiceState::confirmed, another},
    {LateServiceState::entered, LateServiceEvent::refuse, LateServiceState::refused, another},
};

}  // namespace

LateServiceLifecycle const late_service_lifecycle{"late entry of a service", LateServiceState::entered, rows};

Outcome<ServiceEntry> service_entry(Rules const& rules, std::string_view region, Instant served_at,
                                    Instant recorded_at) {
    Date const served = china_date(served_at), recorded = china_date(recorded_at);
    auto const rule = rules.clock(rule::service_entry, region, recorded);
    if (!rule) return rule.error();
    // rule_ids.cpp takes no unit but calendar days, so counting back needs no calendar.
    Date const earliest{std::chrono::sys_days{recorded} - std::chrono::days{rule->value}};
    if (served >= earliest) return ServiceEntry{served, CountsFrom::served};
    return ServiceEntry{earliest, CountsFrom::recorded};
}

LateServiceDecision LateServiceDecision::read(Fields& fields) {
    return {fields.boolean("confirmed"), fields.text("opinion", {.max = 4000})};
}

}  // namespace sponsio::domain

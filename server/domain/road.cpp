#include "server/domain/road.hpp"

#include "server/domain/rule_ids.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

bool has_word(Rules::Found const& rule, std::string_view text) {
    return std::ranges::find(rule.rule->values, text) != rule.rule->values.end();
}

/// A word that rule_ids.cpp lets such a list hold.
bool holds(std::string_view favour, Gravity const& found, Circumstances const& said) {
    if (favour == "minor") return found.severity == Severity::minor;
    if (favour == "corrected") return said.corrected == true;
    if (favour == "first_time") return said.first_time == true;
    if (favour == "no_harm") return said.harm == Harm::none;
    return favour == "slight_harm" && said.harm && *said.harm != Harm::grave;
}

}  // namespace

Outcome<Road> Road::of(Rules const& rules, FindingKind kind, RoadOf const& place) {
    auto const id =
        kind == FindingKind::false_statement ? rule::next_step_false : rule::next_step_unfulfilled;
    auto const found = rules.find(id, place.region, place.on, place.action);
    if (!found) return found.error();
    return Road(*found);
}

bool Road::rectify_first() const {
    return rule_.rule->values.front() == "rectify";
}

bool Road::has(Measure measure) const {
    return has_word(rule_, word(measure));
}

bool Road::leads_to_record(Circumstances const& said) const {
    // Measures against the dishonest rest on a record of what they did.
    bool const place = has(Measure::record) || has(Measure::measures);
    return place &&
           (said.measures.empty() || said.proposes(Measure::record) || said.proposes(Measure::measures));
}

Outcome<std::optional<Lenient>> leniency_of(Rules const& rules, RoadOf const& place, Gravity const& found,
                                            Circumstances const& said) {
    auto const no_fault = rules.find(rule::lenient_no_fault, place.region, place.on, place.action);
    if (!no_fault) return no_fault.error();
    if (found.culpability == Culpability::none && no_fault->rule->value == 1)
        return std::optional(Lenient{Leniency::must, *no_fault});
    for (auto const& [id, kind] :
         {std::pair{rule::lenient_must, Leniency::must}, std::pair{rule::lenient_may, Leniency::may}}) {
        auto const rule = rules.find(id, place.region, place.on, place.action);
        if (!rule) return rule.error();
        auto const fits = [&](std::string const& favour) { return holds(favour, found, said); };
        if (std::ranges::all_of(rule->rule->values, fits)) return std::optional(Lenient{kind, *rule});
    }
    return std::optional<Lenient>{};
}

}  // namespace sponsio::domain

#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/rules.hpp"

#include <optional>
#include <string>
#include <vector>

/// Why a rule is as it is for a place, a matter and a day: which pack gave it, from which source, how well it
/// is founded; and in what two places differ.
namespace sponsio::domain {

class WorkingCalendar;

/// What a matter's own time for its checks is called: no pack has it, the matter's version does.
inline constexpr std::string_view matters_own_rule = "verify.matter";

struct RuleQuestion {
    std::string rule;
    std::string region;  ///< empty: by `pack` alone
    Date on;
    std::optional<ActionKind> action{};  ///< the matter's kind
    std::optional<Date> from{};          ///< a clock: the day of the event that it runs from
    std::string pack{};                  ///< pack_id: what this pack says, for whichever place and day
    std::string value{};                 ///< with `pack`: the version of the rule with this value, "6 months"
};

/// A rule as packs write it: id, kind and the members of its kind.
JsonObject rule_view(Rule const& rule);

/// Fault: problem::not_found if no pack has the rule for that place and day; problem::invalid at
/// `query:from` where the rule is no clock.
Outcome<Json> explain_rule(Rules const& rules, WorkingCalendar const& calendar, RuleQuestion const& question);

/// The address of that answer, which deadlines and refusals carry: by the pack and the value that decided.
std::string explanation_link(std::string_view rule, std::string_view pack_id, std::string_view value);
std::string explanation_link(Rules::Found const& found);
std::string explanation_link(ClockRule const& rule);

/// One rule id in two places; nothing where a place has no such rule.
struct RuleDifference {
    std::string id;
    std::vector<ActionKind> action_kinds;
    std::optional<Rules::Found> a, b;
};

/// The rules that hold in two places on a day and are not the same in value, source, grade or days, by id.
std::vector<RuleDifference> differing_rules(Rules const& a, std::string_view place_a, Rules const& b,
                                            std::string_view place_b, Date on);

/// The value in one line, for people: "7 working_days", "1/100", "yes", "rectify, revoke".
std::string value_text(Rule const& rule);

}  // namespace sponsio::domain

#pragma once

#include "server/domain/finding.hpp"
#include "server/domain/rules.hpp"

#include <optional>
#include <string_view>

/// What the law of a place lets follow from a finding: the road of `next_step.*`, and what lets somebody go
/// (docs/law.md D1-D3, D7).
namespace sponsio::domain {

/// Where, when, and for what kind of matter a finding is made.
struct RoadOf {
    std::string_view region;
    Date on;
    ActionKind action;
};

/// The steps that may follow, and the rule that says so; valid as long as the Rules.
class Road {
  public:
    /// A mistake goes the road of a promise that was not kept: it is set right first.
    static Outcome<Road> of(Rules const& rules, FindingKind kind, RoadOf const& place);

    /// Whether the party is ordered to set it right before anything else is done.
    [[nodiscard]] bool rectify_first() const;
    [[nodiscard]] bool has(Measure measure) const;
    /// Whether a credit record may come of it: the place says so, and the finding proposed it or did not say
    /// what it proposes.
    [[nodiscard]] bool leads_to_record(Circumstances const& said) const;

    [[nodiscard]] Rules::Found const& rule() const { return rule_; }

  private:
    explicit Road(Rules::Found rule) : rule_(rule) {}

    Rules::Found rule_;
};

/// Whether nothing may follow, or nothing need follow.
enum class Leniency { must, may };

constexpr auto words_of(Leniency) {
    using enum Leniency;
    return std::to_array<Word<Leniency>>({{must, "must"}, {may, "may"}});
}

struct Lenient {
    Leniency kind;
    Rules::Found rule;
};

/// The stronger of those that hold; nothing if none does, or what they ask for was not said.
Outcome<std::optional<Lenient>> leniency_of(Rules const& rules, RoadOf const& place, Gravity const& found,
                                            Circumstances const& said);

}  // namespace sponsio::domain

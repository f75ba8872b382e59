#pragma once

#include "crypto/digest.hpp"
#include "server/base/resources.hpp"
#include "server/domain/action_kind.hpp"
#include "server/domain/clock_rule.hpp"
#include "server/domain/living.hpp"
#include "server/domain/region.hpp"
#include "server/domain/rule_ids.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The law as data: numbers by jurisdiction and day, each with its source (schema/rules/).
namespace sponsio::domain {

/// The action of an alarm near or after a deadline, and its addressee.
enum class AlarmAction { warn, escalate };
enum class AlarmTo { assignee, unit_supervisor, superior };

constexpr auto words_of(AlarmAction) {
    using enum AlarmAction;
    return std::to_array<Word<AlarmAction>>({{warn, "warn"}, {escalate, "escalate"}});
}

constexpr auto words_of(AlarmTo) {
    using enum AlarmTo;
    return std::to_array<Word<AlarmTo>>(
        {{assignee, "assignee"}, {unit_supervisor, "unit_supervisor"}, {superior, "superior"}});
}

struct Ratio {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
    bool operator==(Ratio const&) const = default;
};

/// One rule with the days it is in force. The kind decides which of the values applies.
struct Rule {
    std::string id;
    RuleKind kind = RuleKind::clock;
    std::int64_t value = 0;                      ///< clock, number, alarm; 0 or 1 for a flag
    Ratio ratio;                                 ///< ratio
    PeriodUnit unit = PeriodUnit::working_days;  ///< clock, alarm
    bool rolls = false;                          ///< clock
    std::string starts;                          ///< clock: the event
    std::string number_unit;                     ///< number: "years_of_age", "inspectors"
    AlarmAction action = AlarmAction::warn;      ///< alarm
    AlarmTo to = AlarmTo::assignee;              ///< alarm
    std::vector<std::string> values;             ///< words
    std::vector<ActionKind> action_kinds;        ///< it holds for matters of these kinds only; empty: for all
    Bilingual note;                              ///< what the rule is, for people
    RuleSource source;
    Grade grade = Grade::proposal;
    Date effective_from;
    std::optional<Date> effective_to;  ///< last day
};

/// A version of a pack: in force on its days, for its region and regions below without a pack.
struct RulePack {
    std::string pack_id;
    std::string version;
    std::string jurisdiction;            ///< region code
    std::optional<std::string> extends;  ///< pack_id whose rules hold where this one has none
    Bilingual title;
    Date effective_from;
    std::optional<Date> effective_to;  ///< last day
    std::vector<Rule> rules;
    crypto::Digest digest{};  ///< SHA-256 of the file as it was loaded
};

/// All packs. A rule is looked up in the pack of the region itself, else of the nearest region above that has
/// one, and from there along `extends`. In one pack a rule for the matter's kind goes before the one for all.
/// Copies share their content: a newer pack that one learns, all know.
class Rules {
  public:
    /// A rule and the pack that has it; both are valid as long as the Rules.
    struct Found {
        Rule const* rule;
        RulePack const* pack;
    };

    /// From the files the binary carries (rules/) and `more` of the same form, fully validated: as below, and
    /// no rule that known_rules() does not have, or not so, and none missing that the program reads.
    static Outcome<Rules> from_resources(std::span<Resource const> more = {});
    /// Unknown parents, packs for the same place and days, rules without a source and doubled ids are faults
    /// that name file and place. Of two versions of a pack that share days only the higher counts.
    static Outcome<Rules> from_files(std::span<Resource const> files);

    /// Gives every copy of these rules the content of `newer`.
    void become(Rules const& newer);

    /// Fault: problem::invalid if no pack has the rule for that region and day. The detail names all three.
    /// Without `action`, only rules for matters of every kind are looked at.
    [[nodiscard]] Outcome<Found> find(std::string_view id, std::string_view region, Date on,
                                      std::optional<ActionKind> action = {}) const;
    [[nodiscard]] Outcome<Found> find_kind(std::string_view id, std::string_view region, Date on,
                                           RuleKind kind, std::optional<ActionKind> action = {}) const;
    /// The packs that are asked, in their order: that of the place first.
    [[nodiscard]] std::vector<RulePack const*> chain(std::string_view region, Date on) const;

    template <RuleKind Kind>
    [[nodiscard]] Outcome<Found> find(RuleId<Kind> id, std::string_view region, Date on,
                                      std::optional<ActionKind> action = {}) const {
        return find_kind(id.text, region, on, Kind, action);
    }

    [[nodiscard]] Outcome<ClockRule> clock(ClockId id, std::string_view region, Date on) const;
    [[nodiscard]] Outcome<std::int64_t> number(NumberId id, std::string_view region, Date on) const;
    [[nodiscard]] Outcome<Ratio> ratio(RatioId id, std::string_view region, Date on) const;
    [[nodiscard]] Outcome<bool> flag(FlagId id, std::string_view region, Date on,
                                     std::optional<ActionKind> action = {}) const;
    [[nodiscard]] Outcome<std::vector<std::string>> list(ListId id, std::string_view region, Date on,
                                                         std::optional<ActionKind> action = {}) const;
    /// A rule that a place may have and none has to (KnownRule::optional); nothing: it has none on that day.
    [[nodiscard]] std::optional<ClockRule> clock_if(ClockId id, std::string_view region, Date on) const;
    [[nodiscard]] bool flag_if(FlagId id, std::string_view region, Date on) const;
    /// Every alarm in force whose id begins with `prefix`, by id; if a pack and one that it extends have the
    /// same id, the nearer one.
    [[nodiscard]] std::vector<Found> alarms(std::string_view prefix, std::string_view region, Date on) const;

    [[nodiscard]] std::span<RulePack const> packs() const noexcept { return packs_->now(); }

  private:
    using Packs = std::vector<RulePack>;

    explicit Rules(Packs packs) : packs_(std::make_shared<Living<Packs>>(std::move(packs))) {}

    std::shared_ptr<Living<Packs>> packs_;
};

}  // namespace sponsio::domain

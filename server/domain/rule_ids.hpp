#pragma once

#include "server/base/fault.hpp"
#include "server/domain/clock_rule.hpp"
#include "server/domain/words.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

/// The ids of the rules that packs hold. Here alone they are written; a pack with another id, or with another
/// kind of value behind one of these, is refused when it is loaded.
namespace sponsio::domain {

struct RulePack;

enum class RuleKind { clock, number, ratio, flag, alarm };

constexpr auto words_of(RuleKind) {
    using enum RuleKind;
    return std::to_array<Word<RuleKind>>(
        {{clock, "clock"}, {number, "number"}, {ratio, "ratio"}, {flag, "flag"}, {alarm, "alarm"}});
}

/// The id of a rule, with the kind of its value, so that a reader cannot ask for another kind.
template <RuleKind Kind>
struct RuleId {
    std::string_view text;
};

using ClockId = RuleId<RuleKind::clock>;
using NumberId = RuleId<RuleKind::number>;
using RatioId = RuleId<RuleKind::ratio>;
using FlagId = RuleId<RuleKind::flag>;

/// The rules that the program reads.
namespace rule {
inline constexpr NumberId full_age{"capacity.full_age"};
inline constexpr ClockId superseded_notice{"notice.superseded"};
inline constexpr ClockId entry{"filing.entry"};
inline constexpr NumberId questions{"eligibility.questions"};
inline constexpr NumberId validations{"eligibility.validations"};
inline constexpr NumberId officers{"verify.officers"};
inline constexpr FlagId consistent_evidence{"verify.consistent.evidence"};
inline constexpr ClockId clue{"verify.clue"};
inline constexpr NumberId draw_group{"draw.group.min"};
inline constexpr RatioId ordinary_ratio_min{"draw.ratio.ordinary.min"};
inline constexpr RatioId ordinary_ratio_max{"draw.ratio.ordinary.max"};
inline constexpr RatioId key_ratio_min{"draw.ratio.key.min"};
inline constexpr RatioId key_ratio_max{"draw.ratio.key.max"};
inline constexpr ClockId online_wait{"assist.online_wait"};
inline constexpr ClockId assist_reply{"assist.reply"};
inline constexpr ClockId defence{"defence.period"};
inline constexpr ClockId service_entry{"service.entry"};
inline constexpr ClockId public_notice{"service.public_notice"};
inline constexpr ClockId reconsideration{"remedy.reconsider"};
inline constexpr ClockId litigation{"remedy.litigation"};
inline constexpr ClockId further_remedy{"remedy.further"};
inline constexpr ClockId submission{"submit.record"};
inline constexpr ClockId retention{"retention.negative"};
inline constexpr ClockId query_log{"log.query"};
/// What the ids of all alarms around the deadline of a check begin with.
inline constexpr std::string_view check_alarms = "verify.alarm.";
}  // namespace rule

struct KnownRule {
    std::string_view id;
    RuleKind kind;
    std::string_view reader{};         ///< the room of the services that reads it; empty: people only
    std::optional<PeriodUnit> unit{};  ///< clock: the one unit that the reader takes
    std::int64_t least = std::numeric_limits<std::int64_t>::min();  ///< number: what the reader takes
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// Every rule that a pack may hold.
std::span<KnownRule const> known_rules();

/// problem::invalid, with a sentence for each rule of these packs that is not known or not as its reader
/// takes it, and for each that the program reads and a pack which extends no other lacks.
Outcome<void> check_ids(std::span<RulePack const> packs);

}  // namespace sponsio::domain

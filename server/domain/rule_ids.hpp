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

enum class RuleKind { clock, number, ratio, flag, alarm, list };

constexpr auto words_of(RuleKind) {
    using enum RuleKind;
    return std::to_array<Word<RuleKind>>({{clock, "clock"},
                                          {number, "number"},
                                          {ratio, "ratio"},
                                          {flag, "flag"},
                                          {alarm, "alarm"},
                                          {list, "list"}});
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
using ListId = RuleId<RuleKind::list>;

/// The rules that the program reads.
namespace rule {
inline constexpr NumberId full_age{"capacity.full_age"};
inline constexpr NumberId subject_age{"subject.min_age"};
inline constexpr ListId bars{"eligibility.bars"};
inline constexpr FlagId may_refuse_dishonest{"eligibility.may_refuse_dishonest"};
inline constexpr ClockId superseded_notice{"notice.superseded"};
inline constexpr ClockId entry{"filing.entry"};
inline constexpr NumberId questions{"eligibility.questions"};
inline constexpr NumberId validations{"eligibility.validations"};
inline constexpr NumberId officers{"verify.officers"};
inline constexpr FlagId consistent_evidence{"verify.consistent.evidence"};
inline constexpr ClockId clue{"verify.clue"};
inline constexpr FlagId enterprise_approval{"check.enterprise.approval"};
inline constexpr FlagId enterprise_cap{"check.enterprise.cap"};
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
inline constexpr ClockId unanswered{"remedy.litigation.no_answer"};
inline constexpr ClockId longest_litigation{"remedy.litigation.longest"};
inline constexpr ClockId reconsideration_accepted{"reconsider.accept"};
inline constexpr ClockId reconsideration_decided{"reconsider.decide"};
inline constexpr ClockId reconsideration_extended{"reconsider.decide.extension"};
inline constexpr ListId forbidden_data{"record.forbidden"};
inline constexpr ListId consent_bound_data{"record.consent_bound"};
inline constexpr ClockId submission{"submit.record"};
inline constexpr ClockId withdrawn_report{"withdraw.penalty_post"};
inline constexpr ClockId objection_mark{"objection.mark"};
inline constexpr ClockId objection_platform{"objection.platform"};
inline constexpr ClockId objection_provider{"objection.provider"};
inline constexpr ClockId objection_extension{"objection.provider.extension"};
inline constexpr ClockId objection_review{"objection.review"};
inline constexpr FlagId objection_delete{"objection.fact_error.delete"};
inline constexpr ClockId repair_accept{"repair.accept"};
inline constexpr ClockId repair_decide{"repair.decide"};
inline constexpr ClockId repair_extension{"repair.decide.extension"};
inline constexpr ClockId repair_answer{"repair.answer"};
inline constexpr ClockId repair_bar{"repair.bar.false_papers"};
inline constexpr FlagId repair_serious{"repair.serious"};
inline constexpr ClockId general_min{"publicity.general.min"};
inline constexpr ClockId serious_min{"publicity.serious.min"};
inline constexpr ClockId minor_max{"publicity.minor.max"};
inline constexpr ClockId general_max{"publicity.general.max"};
inline constexpr ClockId serious_max{"publicity.serious.max"};
inline constexpr FlagId person_public{"publicity.person.public"};
inline constexpr FlagId minor_public{"publicity.minor.public"};
inline constexpr FlagId deidentify{"publicity.deidentify"};
// The serious list.
inline constexpr ListId listing_levels{"serious.levels"};
inline constexpr ListId listing_grounds{"serious.grounds"};
inline constexpr ListId listing_notice{"serious.prior_notice"};
inline constexpr ListId listing_named{"serious.organisation.named"};
inline constexpr ClockId removal_receipt{"removal.receipt"};
inline constexpr ClockId retention{"retention.negative"};
inline constexpr ClockId query_log{"log.query"};
// What lies between the review of a finding and its record.
inline constexpr ListId next_step_false{"next_step.false"};
inline constexpr ListId next_step_unfulfilled{"next_step.unfulfilled"};
inline constexpr ClockId rectify{"rectify.period"};
inline constexpr ListId hearing_for{"hearing.for"};
inline constexpr ClockId hearing_request{"hearing.request"};
inline constexpr ClockId hearing_notice{"hearing.notice"};
inline constexpr ListId lenient_must{"lenient.must"};
inline constexpr ListId lenient_may{"lenient.may"};
inline constexpr FlagId lenient_no_fault{"lenient.no_fault"};
inline constexpr FlagId never_heavier{"defence.never_heavier"};
inline constexpr ListId service_ways{"service.ways"};
inline constexpr FlagId collect_minor_corrected{"record.collect.minor_corrected"};
inline constexpr ClockId exposure_screen{"exposure.screen"};
inline constexpr ClockId exposure_meeting{"exposure.meeting"};
inline constexpr ClockId exposure_answer{"exposure.answer"};
inline constexpr ClockId exposure_special{"exposure.answer.special"};
inline constexpr ClockId exposure_correct{"exposure.correct"};
inline constexpr ClockId exposure_yellow{"exposure.yellow"};
inline constexpr ClockId exposure_appeal{"exposure.appeal"};
inline constexpr ClockId exposure_shown{"exposure.shown"};
inline constexpr NumberId exposure_reports{"exposure.reports"};
/// What the ids of all alarms around the deadline of a check begin with.
inline constexpr std::string_view check_alarms = "verify.alarm.";
}  // namespace rule

struct KnownRule {
    std::string_view id;
    RuleKind kind;
    std::string_view reader{};         ///< the room of the services that reads it; empty: people only
    bool optional = false;             ///< a place may have it, and none has to: its reader does without
    std::optional<PeriodUnit> unit{};  ///< clock: the one unit that the reader takes
    std::int64_t least = std::numeric_limits<std::int64_t>::min();  ///< number: what the reader takes
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::span<std::string_view const>
        vocabulary{};  ///< words, and starts of a clock: those that the reader knows
};

/// Every rule that a pack may hold.
std::span<KnownRule const> known_rules();

/// problem::invalid, with a sentence for each rule of these packs that is not known or not as its reader
/// takes it, and for each that the program cannot do without and a pack which extends no other lacks.
Outcome<void> check_ids(std::span<RulePack const> packs);

}  // namespace sponsio::domain

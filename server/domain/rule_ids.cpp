#include "server/domain/rule_ids.hpp"

#include "server/domain/rules.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sponsio::domain {
namespace {

using enum RuleKind;
using enum PeriodUnit;

/// What bars from a commitment, in words of FindingKind, and of a finding that is serious.
constexpr std::string_view known_bars[] = {"untrue_by_mistake", "unfulfilled", "false_statement", "serious"};
/// The kinds of data whose names forbidden_terms() knows.
constexpr std::string_view known_data[] = {"religion",   "genes",           "fingerprint", "blood_type",
                                           "disease",    "medical_history", "income",      "deposits",
                                           "securities", "insurance",       "real_estate", "tax"};
constexpr std::string_view retention_starts[] = {"finding.effective", "finding.decided", "act.ended"};

/// What follows an unkept or untrue promise: to rectify, and the words of Measure.
constexpr std::string_view known_steps[] = {"rectify",  "end_handling", "suspend", "revoke",
                                            "penalise", "measures",     "record"};
/// What lets somebody go without consequence (domain::Circumstances, Severity::minor).
constexpr std::string_view known_favours[] = {"minor", "corrected", "no_harm", "slight_harm", "first_time"};
/// The words of LawLevel, ListingGround and ResponsibleRole, and what a prior notice of a listing must say.
constexpr std::string_view known_levels[] = {
    "law",           "administrative_regulation", "central_policy", "local_regulation", "department_rule",
    "other_document"};
constexpr std::string_view known_grounds[] = {
    "health_and_safety",  "market_order",           "duties_refused", "national_defence",
    "state_examinations", "open_commitment_broken", "forged_papers"};
constexpr std::string_view known_heads[] = {"legal_representative", "actual_controller"};
constexpr std::string_view known_listing_words[] = {"reason", "basis", "measures", "statement_and_defence",
                                                    "right_to_object"};
/// The words of ServiceMethod.
constexpr std::string_view known_ways[] = {"in_person", "left", "mail", "electronic_with_consent",
                                           "public_notice"};

constexpr KnownRule known[] = {
    {.id = rule::full_age.text, .kind = number, .reader = "records", .least = 0, .most = 150},
    {.id = "capacity.working_age", .kind = number},
    {.id = "notice.remote_delivery", .kind = clock},
    {.id = rule::superseded_notice.text, .kind = clock, .reader = "filing, matters", .unit = calendar_days},
    {.id = rule::entry.text, .kind = clock, .reader = "filing", .unit = calendar_days},
    {.id = rule::questions.text, .kind = number, .reader = "filing", .least = 0, .most = 1'000'000},
    {.id = rule::validations.text, .kind = number, .reader = "filing", .least = 0, .most = 10'000'000},
    {.id = "verify.default", .kind = clock},
    {.id = rule::consistent_evidence.text, .kind = flag, .reader = "tasks"},
    {.id = rule::clue.text, .kind = clock, .reader = "tasks"},
    {.id = rule::officers.text, .kind = number, .reader = "matters, draws", .least = 1, .most = 5},
    {.id = "verify.exam_sample", .kind = ratio},
    {.id = "draw.legal_service_sample", .kind = ratio},
    {.id = "draw.enterprise_disclosure_sample", .kind = ratio},
    {.id = rule::draw_group.text, .kind = number, .reader = "draws", .least = 10, .most = 1'000'000},
    {.id = rule::ordinary_ratio_min.text, .kind = ratio, .reader = "matters, draws"},
    {.id = rule::ordinary_ratio_max.text, .kind = ratio, .reader = "matters, draws"},
    {.id = rule::key_ratio_min.text, .kind = ratio, .reader = "matters, draws"},
    {.id = rule::key_ratio_max.text, .kind = ratio, .reader = "matters, draws"},
    {.id = "verify.alarm.due_soon", .kind = alarm, .reader = "tasks"},
    {.id = "verify.alarm.overdue", .kind = alarm, .reader = "tasks"},
    {.id = "verify.alarm.long_overdue", .kind = alarm, .reader = "tasks"},
    {.id = rule::online_wait.text, .kind = clock, .reader = "departments"},
    {.id = rule::assist_reply.text, .kind = clock, .reader = "departments"},
    {.id = rule::defence.text, .kind = clock, .reader = "findings", .unit = working_days},
    {.id = rule::hearing_request.text, .kind = clock, .reader = "findings", .unit = working_days},
    {.id = rule::hearing_notice.text, .kind = clock, .reader = "findings", .unit = working_days},
    {.id = rule::hearing_for.text, .kind = list, .reader = "findings", .vocabulary = known_steps},
    // Calendar days, and they do not roll: an order has its last day in a year without a calendar too.
    {.id = rule::rectify.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::lenient_must.text, .kind = list, .reader = "findings", .vocabulary = known_favours},
    {.id = rule::lenient_may.text, .kind = list, .reader = "findings", .vocabulary = known_favours},
    {.id = rule::lenient_no_fault.text, .kind = flag, .reader = "findings"},
    // No place may let a defence make it worse.
    {.id = rule::never_heavier.text, .kind = flag, .reader = "findings", .least = 1, .most = 1},
    {.id = rule::service_ways.text, .kind = list, .reader = "findings", .vocabulary = known_ways},
    {.id = "penalty.decide", .kind = clock},
    {.id = "penalty.serve", .kind = clock},
    {.id = rule::service_entry.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::public_notice.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::reconsideration.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = "remedy.reconsider.untold", .kind = clock},
    {.id = rule::reconsideration_decided.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::reconsideration_extended.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::litigation.text, .kind = clock, .reader = "findings", .unit = months},
    {.id = rule::further_remedy.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = "licence.bar.false_application", .kind = clock},
    {.id = "licence.bar.deceit", .kind = clock},
    {.id = rule::submission.text, .kind = clock, .reader = "submissions"},
    {.id = "platform.check", .kind = clock},
    {.id = "publish.double", .kind = clock},
    {.id = rule::withdrawn_report.text, .kind = clock, .reader = "submissions"},
    {.id = "record.collect.simple_procedure", .kind = flag},
    {.id = rule::collect_minor_corrected.text, .kind = flag, .reader = "records"},
    {.id = rule::person_public.text, .kind = flag, .reader = "publicity"},
    {.id = rule::minor_public.text, .kind = flag, .reader = "publicity", .optional = true},
    {.id = rule::deidentify.text, .kind = flag, .reader = "publicity"},
    {.id = rule::minor_max.text, .kind = clock, .reader = "publicity", .optional = true},
    {.id = rule::general_min.text, .kind = clock, .reader = "repairs"},
    {.id = rule::general_max.text, .kind = clock, .reader = "publicity"},
    {.id = rule::serious_min.text, .kind = clock, .reader = "repairs"},
    {.id = rule::serious_max.text, .kind = clock, .reader = "publicity, listings"},
    {.id = rule::objection_mark.text, .kind = clock, .reader = "objections"},
    {.id = rule::objection_platform.text, .kind = clock, .reader = "objections"},
    {.id = rule::objection_provider.text, .kind = clock, .reader = "objections"},
    {.id = rule::objection_extension.text, .kind = clock, .reader = "objections", .optional = true},
    {.id = rule::objection_review.text, .kind = clock, .reader = "objections", .optional = true},
    {.id = rule::objection_delete.text, .kind = flag, .reader = "objections", .optional = true},
    {.id = rule::repair_accept.text, .kind = clock, .reader = "repairs"},
    {.id = rule::repair_decide.text, .kind = clock, .reader = "repairs"},
    {.id = rule::repair_extension.text, .kind = clock, .reader = "repairs", .optional = true},
    {.id = rule::repair_answer.text, .kind = clock, .reader = "repairs"},
    {.id = rule::repair_bar.text, .kind = clock, .reader = "repairs"},
    {.id = rule::repair_serious.text, .kind = flag, .reader = "repairs"},
    {.id = rule::listing_levels.text, .kind = list, .reader = "listings", .vocabulary = known_levels},
    {.id = rule::listing_grounds.text, .kind = list, .reader = "listings", .vocabulary = known_grounds},
    {.id = rule::listing_notice.text,
     .kind = list,
     .reader = "listings",
     .optional = true,
     .vocabulary = known_listing_words},
    {.id = rule::listing_named.text,
     .kind = list,
     .reader = "listings",
     .optional = true,
     .vocabulary = known_heads},
    {.id = rule::removal_receipt.text, .kind = clock, .reader = "removals"},
    {.id = rule::retention.text, .kind = clock, .reader = "records", .vocabulary = retention_starts},
    {.id = "retention.exam_file", .kind = clock},
    {.id = rule::query_log.text, .kind = clock, .reader = "parties", .unit = years},
    {.id = "log.network", .kind = clock},
    {.id = "pia.record", .kind = clock},
    {.id = rule::exposure_screen.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_meeting.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_answer.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_special.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_correct.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_yellow.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_appeal.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_shown.text, .kind = clock, .reader = "exposures"},
    {.id = rule::exposure_reports.text, .kind = number, .reader = "exposures", .least = 1, .most = 1000},
    {.id = "petition.acknowledge", .kind = clock},
    {.id = "petition.finish", .kind = clock},
    {.id = "petition.finish.extension", .kind = clock},
    {.id = rule::subject_age.text, .kind = number, .reader = "records", .least = 16, .most = 150},
    {.id = rule::bars.text, .kind = list, .reader = "filing", .vocabulary = known_bars},
    {.id = rule::may_refuse_dishonest.text, .kind = flag, .reader = "filing, matters"},
    {.id = rule::unanswered.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::longest_litigation.text, .kind = clock, .reader = "findings", .unit = years},
    {.id = rule::reconsideration_accepted.text, .kind = clock, .reader = "findings", .unit = working_days},
    // Nothing takes effect here while a remedy is open, in any place: a pack that says otherwise is refused.
    {.id = "record.waits_for_remedies", .kind = flag, .least = 1, .most = 1},
    {.id = rule::forbidden_data.text, .kind = list, .reader = "records", .vocabulary = known_data},
    {.id = rule::consent_bound_data.text, .kind = list, .reader = "records", .vocabulary = known_data},
    {.id = "archive.transfer.central", .kind = clock},
    {.id = "archive.transfer.county", .kind = clock},
    {.id = "benefit.fraud.fine.max", .kind = number},
    {.id = "benefit.fraud.fine.min", .kind = number},
    {.id = "benefit.no_demand_if_checkable", .kind = flag},
    {.id = "catalogue.local_basis", .kind = flag},
    {.id = "check.code", .kind = flag},
    {.id = rule::enterprise_approval.text, .kind = flag, .reader = "tasks"},
    {.id = rule::enterprise_cap.text, .kind = flag, .reader = "tasks"},
    {.id = "check.enterprise.third_party", .kind = flag},
    {.id = "check.plan_public", .kind = flag},
    {.id = "check.sheet", .kind = flag},
    {.id = "commitment.exclusion", .kind = list},
    {.id = "commitment.kept_as_credit", .kind = flag},
    {.id = "commitment.withdraw", .kind = flag},
    {.id = "committee.may_refuse", .kind = flag},
    {.id = "committee.proofs.issued", .kind = number},
    {.id = "committee.proofs.not_issued", .kind = number},
    {.id = "compensation.claim", .kind = clock},
    {.id = "compensation.decide", .kind = clock},
    {.id = "compensation.serve", .kind = clock},
    {.id = "compensation.suit", .kind = clock},
    {.id = "datashare.catalogue.review", .kind = clock},
    {.id = "datashare.catalogue.update", .kind = clock},
    {.id = "datashare.catalogue.update.extension", .kind = clock},
    {.id = "datashare.correct", .kind = clock},
    {.id = "datashare.deliver", .kind = clock},
    {.id = "datashare.reply.conditional", .kind = clock},
    {.id = "datashare.reply.conditional.extension", .kind = clock},
    {.id = "datashare.reply.unconditional", .kind = clock},
    {.id = "datashare.usage_record", .kind = clock},
    {.id = "decision.collective", .kind = list},
    {.id = "decision.review_required", .kind = list},
    {.id = "disclosure.modes", .kind = list},
    {.id = "draw.ratio.risk.high", .kind = ratio},
    {.id = "draw.ratio.risk.highest", .kind = ratio},
    {.id = "draw.ratio.risk.low", .kind = ratio},
    {.id = "draw.ratio.risk.middle", .kind = ratio},
    {.id = "evidence.preserved", .kind = clock},
    {.id = "fine.deceit.gain.max", .kind = number},
    {.id = "fine.deceit.gain.min", .kind = number},
    {.id = "fine.deceit.max", .kind = number},
    {.id = "fine.deceit.min", .kind = number},
    {.id = "fine.unfulfilled.harm.max", .kind = number},
    {.id = "fine.unfulfilled.harm.min", .kind = number},
    {.id = "fine.unfulfilled.serious.max", .kind = number},
    {.id = "fine.unfulfilled.serious.min", .kind = number},
    {.id = "gov.no_recollection", .kind = flag},
    {.id = "licence.deliver", .kind = clock},
    {.id = "licence.hearing.hold", .kind = clock},
    {.id = "licence.hearing.notice", .kind = clock},
    {.id = "licence.hearing.request", .kind = clock},
    {.id = "mask.always", .kind = list},
    {.id = "measures.minor", .kind = list},
    {.id = "measures.only_for", .kind = list},
    {.id = rule::next_step_false.text,
     .kind = list,
     .reader = "findings, records",
     .vocabulary = known_steps},
    {.id = rule::next_step_unfulfilled.text,
     .kind = list,
     .reader = "findings, records",
     .vocabulary = known_steps},
    {.id = "notice.contents", .kind = list},
    {.id = "objection.forward", .kind = clock},
    {.id = "objection.forward.at_once", .kind = flag},
    {.id = "objection.mark.at_once", .kind = flag},
    {.id = "objection.outcome", .kind = list},
    {.id = "objection.platform.extension", .kind = clock},
    {.id = "objection.review.lists", .kind = flag},
    {.id = "objection.with_provider", .kind = clock},
    {.id = "paper.reconsideration_channel", .kind = flag},
    {.id = "penalty.limitation", .kind = clock},
    {.id = "penalty.limitation.serious", .kind = clock},
    {.id = "penalty.market.extend", .kind = clock},
    {.id = "platform.file", .kind = clock},
    {.id = "proof.outside_list", .kind = flag},
    {.id = "publicity.after_max.uncorrected", .kind = list},
    {.id = "publicity.market.low_fine.max", .kind = clock},
    {.id = "publicity.market.other.max", .kind = clock},
    {.id = "publicity.market.warning_only", .kind = flag},
    {.id = "publicity.penalty", .kind = list},
    {.id = "publicity.special_field.min", .kind = clock},
    {.id = "publicity.tell_first", .kind = flag},
    {.id = "publicity.transition", .kind = list},
    {.id = "publish.check_result", .kind = clock},
    {.id = "publish.correct", .kind = clock},
    {.id = "publish.delete", .kind = clock},
    {.id = "publish.enforcement", .kind = clock},
    {.id = "publish.information", .kind = clock},
    {.id = "publish.market.other_province", .kind = clock},
    {.id = "publish.market.other_province.push", .kind = clock},
    {.id = "publish.market.same_province", .kind = clock},
    {.id = "publish.penalty", .kind = clock},
    {.id = "reconsider.decide.simple", .kind = clock},
    {.id = "record.document_required", .kind = flag},
    {.id = "record.item.deceit", .kind = flag},
    {.id = "record.item.false_material", .kind = flag},
    {.id = "record.no_extension", .kind = flag},
    {.id = "remedy.litigation.restored", .kind = clock},
    {.id = "remedy.mark", .kind = flag},
    {.id = "repair.accept.on_the_spot", .kind = flag},
    {.id = "repair.bar.bankruptcy", .kind = clock},
    {.id = "repair.condition", .kind = list},
    {.id = "repair.effect", .kind = list},
    {.id = "repair.fee", .kind = flag},
    {.id = "repair.market.decide", .kind = clock},
    {.id = "repair.market.push_other_province", .kind = clock},
    {.id = "repair.remove", .kind = clock},
    {.id = "repair.serious_list.end", .kind = clock},
    {.id = "repair.share_result", .kind = clock},
    {.id = "repair.ways", .kind = list},
    {.id = "report.free", .kind = number},
    {.id = "review.legal", .kind = clock},
    {.id = "serious.decision.head_signs", .kind = flag},
    {.id = "service.address", .kind = list},
    {.id = "utilities.arrears", .kind = flag},
    {.id = "withdraw.platform", .kind = clock},
    {.id = "withdraw.report", .kind = clock},
};

/// Sentences about what does not fit, in both languages.
class Complaints {
  public:
    void add(RulePack const& pack, std::string const& en, std::string const& zh) {
        std::string const name = pack.pack_id + " " + pack.version;
        text_.en += (text_.en.empty() ? "" : " ") + ("The pack " + name + " " + en + ".");
        text_.zh += "规则包 " + name + " " + zh + "。";
    }

    Outcome<void> result() {
        if (text_.en.empty()) return {};
        return fault(problem::invalid, std::move(text_.en), std::move(text_.zh));
    }

  private:
    Bilingual text_;
};

std::string said(std::string_view id, RuleKind kind) {
    return std::string(id) + " (" + std::string(word(kind)) + ")";
}

/// A word of the rule that its reader does not know; null if it knows all.
std::string const* unknown_word(KnownRule const& known_rule, Rule const& rule) {
    auto const is_strange = [&](std::string const& word) {
        return std::ranges::find(known_rule.vocabulary, word) == known_rule.vocabulary.end();
    };
    if (known_rule.vocabulary.empty()) return nullptr;
    if (rule.kind == clock) return is_strange(rule.starts) ? &rule.starts : nullptr;
    auto const strange = std::ranges::find_if(rule.values, is_strange);
    return strange == rule.values.end() ? nullptr : &*strange;
}

void check_rule(Complaints& complaints, RulePack const& pack, Rule const& rule) {
    auto const* const found = std::ranges::find(known, rule.id, &KnownRule::id);
    std::string const name = said(rule.id, rule.kind);
    if (found == std::end(known)) {
        complaints.add(pack, "has a rule that the program does not know: " + name,
                       "含有程序不识别的规则：" + name);
    } else if (found->kind != rule.kind) {
        std::string const kind(word(found->kind));
        complaints.add(pack, "has the rule " + name + ", which is of the kind " + kind,
                       "中的规则 " + name + " 种类应为 " + kind);
    } else if (found->unit && *found->unit != rule.unit) {
        std::string const unit(word(*found->unit));
        complaints.add(pack, "has the rule " + name + ", which is counted in " + unit,
                       "中的规则 " + name + " 应以 " + unit + " 计算");
    } else if ((rule.kind == number || rule.kind == flag) &&
               (rule.value < found->least || rule.value > found->most)) {
        std::string const least = std::to_string(found->least), most = std::to_string(found->most);
        complaints.add(pack, "has the rule " + name + ", which lies between " + least + " and " + most,
                       "中的规则 " + name + " 应在 " + least + " 至 " + most + " 之间");
    } else if (auto const* const other = unknown_word(*found, rule)) {
        complaints.add(
            pack, "has the rule " + name + " with the word " + *other + ", which the program does not know",
            "中的规则 " + name + " 含有程序不识别的词：" + *other);
    }
}

/// What others extend has all that is read; of alarms there may be none.
void check_completeness(Complaints& complaints, RulePack const& pack) {
    for (KnownRule const& wanted : known) {
        if (wanted.reader.empty() || wanted.optional || wanted.kind == alarm) continue;
        if (std::ranges::find(pack.rules, wanted.id, &Rule::id) != pack.rules.end()) continue;
        std::string const name = said(wanted.id, wanted.kind);
        complaints.add(pack, "lacks the rule " + name + ", which the program reads",
                       "缺少程序需要的规则 " + name);
    }
}

}  // namespace

std::span<KnownRule const> known_rules() {
    return known;
}

Outcome<void> check_ids(std::span<RulePack const> packs) {
    Complaints complaints;
    for (RulePack const& pack : packs) {
        for (Rule const& rule : pack.rules) check_rule(complaints, pack, rule);
        if (!pack.extends) check_completeness(complaints, pack);
    }
    return complaints.result();
}

}  // namespace sponsio::domain

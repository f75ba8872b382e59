#include "server/domain/rule_ids.hpp"

#include "server/domain/rules.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sponsio::domain {
namespace {

using enum RuleKind;
using enum PeriodUnit;

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
    {.id = "hearing.request", .kind = clock},
    {.id = "hearing.notice", .kind = clock},
    {.id = "penalty.decide", .kind = clock},
    {.id = "penalty.serve", .kind = clock},
    {.id = rule::service_entry.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::public_notice.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = rule::reconsideration.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = "remedy.reconsider.untold", .kind = clock},
    {.id = "reconsider.decide", .kind = clock},
    {.id = "reconsider.decide.extension", .kind = clock},
    {.id = rule::litigation.text, .kind = clock, .reader = "findings", .unit = months},
    {.id = rule::further_remedy.text, .kind = clock, .reader = "findings", .unit = calendar_days},
    {.id = "licence.bar.false_application", .kind = clock},
    {.id = "licence.bar.deceit", .kind = clock},
    {.id = rule::submission.text, .kind = clock, .reader = "submissions"},
    {.id = "platform.check", .kind = clock},
    {.id = "publish.double", .kind = clock},
    {.id = rule::withdrawn_report.text, .kind = clock, .reader = "submissions"},
    {.id = "record.collect.simple_procedure", .kind = flag},
    {.id = "record.collect.minor_corrected", .kind = flag},
    {.id = rule::person_public.text, .kind = flag, .reader = "publicity"},
    {.id = rule::minor_public.text, .kind = flag, .reader = "publicity", .optional = true},
    {.id = rule::deidentify.text, .kind = flag, .reader = "publicity"},
    {.id = rule::minor_max.text, .kind = clock, .reader = "publicity", .optional = true},
    {.id = rule::general_min.text, .kind = clock, .reader = "repairs"},
    {.id = rule::general_max.text, .kind = clock, .reader = "publicity"},
    {.id = rule::serious_min.text, .kind = clock, .reader = "repairs"},
    {.id = rule::serious_max.text, .kind = clock, .reader = "publicity"},
    {.id = rule::objection_mark.text, .kind = clock, .reader = "objections"},
    {.id = rule::objection_platform.text, .kind = clock, .reader = "objections"},
    {.id = "objection.forward", .kind = clock},
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
    {.id = rule::retention.text, .kind = clock, .reader = "records"},
    {.id = "retention.exam_file", .kind = clock},
    {.id = rule::query_log.text, .kind = clock, .reader = "parties", .unit = years},
    {.id = "log.network", .kind = clock},
    {.id = "pia.record", .kind = clock},
    {.id = "exposure.answer", .kind = clock},
    {.id = "exposure.answer.special", .kind = clock},
    {.id = "petition.acknowledge", .kind = clock},
    {.id = "petition.finish", .kind = clock},
    {.id = "petition.finish.extension", .kind = clock},
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
    } else if (rule.kind == number && (rule.value < found->least || rule.value > found->most)) {
        std::string const least = std::to_string(found->least), most = std::to_string(found->most);
        complaints.add(pack, "has the rule " + name + ", which lies between " + least + " and " + most,
                       "中的规则 " + name + " 应在 " + least + " 至 " + most + " 之间");
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

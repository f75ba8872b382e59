#include "server/service/repairs/conditions.hpp"

#include "server/base/internal.hpp"
#include "server/domain/record_status.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/records/corrections.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

using domain::RecordStatus;
using domain::RepairGap;
using domain::Severity;

class Conditions {
  public:
    void add(RepairGap gap, Bilingual text) { list.push_back({gap, std::move(text)}); }

    /// With the rule that sets it, as refusals name one.
    void add(RepairGap gap, Fault const& cited) { add(gap, cited.detail); }

    std::vector<UnmetCondition> list;
};

/// A minor act has no shortest period.
std::optional<domain::ClockId> shortest(Severity severity) {
    switch (severity) {
        case Severity::general: return domain::rule::general_min;
        case Severity::serious: return domain::rule::serious_min;
        case Severity::minor: break;
    }
    return std::nullopt;
}

}  // namespace

Outcome<std::vector<UnmetCondition>> unmet_conditions(db::PgSession& db, Ground const& ground,
                                                      FactReader const& facts, store::RepairRow const& row,
                                                      Instant now) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    auto const record = store::record_by_id(db, row.record);
    if (!unit || !record) return internal("record of a repair");
    auto const opened = finding_behind(db, facts, row.record);
    if (!opened) return opened.error();
    auto const severity = domain::from_word<Severity>(opened->row.severity);
    if (!severity || !opened->row.decided_at) return internal("finding of a record");
    CountedBy const by{ground.rules, ground.calendar, unit->region_code};
    Date const today = china_date(now);
    Conditions unmet;
    if (row.paper && !has_case_file(db, row.id.raw(), *row.paper))
        unmet.add(RepairGap::application_missing,
                  Bilingual{"The image of the signed application is not here (addRepairFile).",
                            "修复申请签署件的影像尚未上传（addRepairFile）。"});
    if (record->status != RecordStatus::valid && record->status != RecordStatus::objected &&
        record->status != RecordStatus::remedy_pending)
        unmet.add(RepairGap::record_not_standing,
                  Bilingual{"The record was withdrawn or repaired already, or is suspended.",
                            "该记录已撤回、已修复或者暂停使用。"});
    if (*severity == Severity::serious &&
        !ground.rules.flag_if(domain::rule::repair_serious, by.region, today))
        unmet.add(RepairGap::excluded,
                  by_rule(fault(problem::conflict, "Serious cases are not repaired by this road.",
                                "严重失信信息不适用该修复途径。"),
                          ground.rules, domain::rule::repair_serious, by.region, today));
    if (auto const id = shortest(*severity)) {
        auto const rule = ground.rules.clock(*id, by.region, today);
        if (!rule) return rule.error();
        auto const end = by.from(*rule, china_date(*opened->row.decided_at));
        if (!end) return end.error();
        if (!end->due || now < *end->due) {
            std::string const last = end->due ? to_iso(last_day(*end->due)) : "?";
            unmet.add(
                RepairGap::period_running,
                by_rule(fault(problem::too_early, "The shortest period of publicity runs to " + last + ".",
                              "最短公示期至 " + last + " 届满。"),
                        *rule));
        }
    }
    if (!row.correction || !row.corrected_on || *row.corrected_on > today)
        unmet.add(
            RepairGap::not_corrected,
            Bilingual{
                "Nothing among the files proves that all was set right and the duties are met, or its day "
                "is missing.",
                "缺少已纠正失信行为、履行义务完毕的证明材料或者纠正日期。"});
    if (!row.commitment)
        unmet.add(
            RepairGap::commitment_missing,
            Bilingual{
                "The signed credit commitment (papers are true, liability is accepted) is not among the "
                "files.",
                "缺少信用承诺书（承诺材料真实、愿意承担责任）。"});
    if (auto const until = store::barred_until(db, row.record, now)) {
        std::string const last = to_iso(last_day(*until));
        unmet.add(
            RepairGap::barred,
            by_rule(fault(problem::too_early,
                          "An earlier repair rested on false papers; no application until " + last + ".",
                          "此前以虚假材料取得修复，至 " + last + " 不得再次申请。"),
                    ground.rules, domain::rule::repair_bar, by.region, today));
    }
    return std::move(unmet.list);
}

domain::Json conditions_view(std::vector<UnmetCondition> const& unmet) {
    json::Array list;
    for (UnmetCondition const& one : unmet)
        list.push_back(
            domain::JsonObject{{"gap", domain::word(one.gap)}, {"text", domain::to_json(one.text)}});
    return list;
}

Fault refused_for(std::vector<UnmetCondition> const& unmet) {
    Fault refusal = fault(problem::conflict, "Conditions of a repair do not hold:", "尚不符合信用修复条件：");
    for (UnmetCondition const& one : unmet) {
        refusal.detail.en += " " + one.text.en;
        refusal.detail.zh += one.text.zh;
    }
    return refusal;
}

}  // namespace sponsio::service

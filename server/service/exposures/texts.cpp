#include "server/service/exposures/texts.hpp"

#include "server/service/unit/clock_text.hpp"

namespace sponsio::service {
namespace {

using domain::DemandKind;
using domain::ExposureLevel;
using domain::ScreeningResult;

std::string label_of(store::ExposureRow const& row) {
    return row.proof_label.value_or("");
}

std::string last_day_of(std::optional<Instant> const& due) {
    return due ? to_iso(last_day(*due)) : std::string();
}

/// What the unit is said to do.
Bilingual demand_of(store::ExposureRow const& row) {
    std::string const label = label_of(row), day = to_iso(row.asked_on);
    if (row.demand == DemandKind::made_committee_issue)
        return {.en = "that since " + day + " it makes residents' and villagers' committees issue \"" +
                      label + "\"",
                .zh = "自" + day + "起要求基层群众性自治组织出具“" + label + "”"};
    return {.en = "that on " + day + " it asked a resident for \"" + label + "\"",
            .zh = "于" + day + "要求群众提供“" + label + "”"};
}

Bilingual reason_of(store::ExposureRow const& row) {
    switch (row.result.value_or(ScreeningResult::no_demand)) {
        case ScreeningResult::on_list:
            return {.en = "it is on the list of proofs that committees should not issue",
                    .zh = "属于不应由基层群众性自治组织出具的证明事项"};
        case ScreeningResult::outside_list:
            return {.en = "no law, regulation or list has it", .zh = "没有法律法规依据，也未列入清单"};
        case ScreeningResult::circular:
            return {.en = "it makes people walk in a circle", .zh = "属于循环证明"};
        case ScreeningResult::repeated:
            return {.en = "it was shown before, or sharing of data gives it",
                    .zh = "属于重复证明，或者可以通过数据共享获取"};
        case ScreeningResult::third_party_cannot_know:
            return {.en = "whoever is to issue it cannot know it", .zh = "出具单位无法核实"};
        case ScreeningResult::exception:
        case ScreeningResult::lawful:
        case ScreeningResult::no_demand: break;
    }
    return {};
}

}  // namespace

Bilingual question_letter(store::ExposureRow const& row, LetterFacts const& facts) {
    Bilingual const demand = demand_of(row), why = reason_of(row);
    std::string const number = row.asked_number.value_or(""), until = last_day_of(row.due_at);
    return {.en = facts.authority_name + "\nLetter of inquiry " + number + "\n" + row.unit_name +
                  ":\nThis authority was told " + demand.en + "; " + why.en + ".\nAnswer by " + until +
                  " whether it is so, and name the law if one demands it (case " + row.id.text() +
                  ").\nAnswer at /v1/exposures or on paper.\n",
            .zh = facts.authority_name + "\n核实函 " + number + "\n" + row.unit_name + "：\n据反映，你单位" +
                  demand.zh + "，" + why.zh + "。\n请于" + until +
                  "前说明情况；认为依法应当索要的，请载明法律依据（案件编号 " + row.id.text() +
                  "）。\n可以在本系统答复，也可以书面答复。\n"};
}

Bilingual order_letter(store::ExposureRow const& row, LetterFacts const& facts) {
    Bilingual const demand = demand_of(row), why = reason_of(row);
    std::string const number = row.order_number.value_or("");
    bool const copied = !facts.superior_name.empty();
    return {.en = facts.authority_name + "\nOrder to correct " + number + "\n" + row.unit_name +
                  (copied ? "; copy: " + facts.superior_name : "") + ":\nIt was found " + demand.en + "; " +
                  why.en + ".\nSet right: " + facts.measures +
                  "\nShow the correction, and how the person who asked has got the matter done, by " +
                  last_day_of(row.due_at) + " (case " + row.id.text() +
                  "). You may appeal to this authority.\n",
            .zh = facts.authority_name + "\n责令纠正通知书 " + number + "\n" + row.unit_name +
                  (copied ? "（抄送：" + facts.superior_name + "）" : "") + "：\n经查，你单位" + demand.zh +
                  "，" + why.zh + "。\n责令纠正：" + facts.measures + "\n请于" + last_day_of(row.due_at) +
                  "前提交纠正情况及群众事项办理结果（案件编号 " + row.id.text() +
                  "）。对本通知有异议的，可以向本机关申诉。\n"};
}

Bilingual exposure_notice(store::ExposureRow const& row, LetterFacts const& facts) {
    Bilingual const demand = demand_of(row), why = reason_of(row);
    bool const open = row.level == ExposureLevel::open;
    std::string const number = row.notice_number.value_or("");
    std::string const times = std::to_string(row.repeat_no + 1);
    return {.en = facts.authority_name + "\n" + (open ? "Public exposure " : "Internal notice ") + number +
                  "\n" + "It was found of " + row.unit_name + " " + demand.en + "; " + why.en +
                  ". Orders to correct it so far: " + times + " (" + row.order_number.value_or("") + ").\n",
            .zh = facts.authority_name + "\n" + (open ? "公开曝光 " : "内部通报 ") + number + "\n" +
                  row.unit_name + demand.zh + "，" + why.zh + "；累计被责令纠正" + times + "次（" +
                  row.order_number.value_or("") + "）。\n"};
}

Bilingual withdrawal_notice(store::ExposureRow const& row, LetterFacts const& facts) {
    std::string const number = row.withdrawal_number.value_or("");
    std::string const earlier = row.notice_number ? *row.notice_number : row.order_number.value_or("");
    return {.en = facts.authority_name + "\nNotice of withdrawal " + number + "\nThe appeal of " +
                  row.unit_name + " was upheld. " + earlier +
                  " is withdrawn; it did not do what was said of it.\n",
            .zh = facts.authority_name + "\n撤销更正通知 " + number + "\n" + row.unit_name + "的申诉成立，" +
                  earlier + "予以撤销，此前所述情况不实，特此更正。\n"};
}

Bilingual refusal_slip(SlipFacts const& facts) {
    Bilingual text{
        .en = facts.committee + "\nRefusal slip " + facts.id.text() + "\n" + facts.unit_name + ":\n",
        .zh = facts.committee + "\n不予出具证明告知单 " + facts.id.text() + "\n" + facts.unit_name + "：\n"};
    text.en += "For " + facts.purpose + " a resident was asked to bring \"" + facts.proof_name +
               "\" from this committee.\n";
    text.zh += "群众因办理“" + facts.purpose + "”，被要求到我单位开具“" + facts.proof_name + "”。\n";
    if (facts.item) {
        domain::ProofItem const& item = *facts.item;
        std::string const number = std::to_string(item.number);
        text.en += "This is \"" + item.name.en + "\", item " + number + " of " + item.list->title.en + " (" +
                   item.source.key + "): it is not for this committee to issue it.\n";
        text.zh += "该证明属于《" + item.list->title.zh + "》第" + number + "项“" + item.name.zh + "”（" +
                   item.source.key + "），依照规定不应由我单位出具。\n";
        for (domain::ProofWay const& way : item.ways) {
            text.en += "Instead: " + way.text.en + "\n";
            text.zh += "办理途径：" + way.text.zh + "\n";
        }
    } else {
        text.en +=
            "No law, regulation or list has it, and this committee cannot know it: it is not issued.\n"
            "Instead: the unit asks the department that holds the data, or takes a written commitment.\n";
        text.zh +=
            "该证明没有法律法规依据，也未列入证明事项清单，我单位无法核实，依照规定不予出具。\n"
            "办理途径：由索要单位向掌握信息的部门核实，或者采用告知承诺制。\n";
    }
    text.en += "The resident is not to blame for this. Please complete the matter without the paper.\n";
    text.zh += "上述情况非群众原因，请勿因此影响其事项办理。\n";
    text.en += to_iso(facts.made_on) + "\n";
    text.zh += to_iso(facts.made_on) + "\n";
    return text;
}

}  // namespace sponsio::service

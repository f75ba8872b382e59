#include "server/domain/answer_papers.hpp"

#include "server/domain/paper_words.hpp"

namespace sponsio::domain {
namespace {

Bilingual said(ObjectionGround ground) {
    switch (ground) {
        case ObjectionGround::fact_wrong: return {"a fact is wrong", "事实有误"};
        case ObjectionGround::wording_wrong: return {"a wording is wrong", "表述有误"};
        case ObjectionGround::missing: return {"something is missing", "内容遗漏"};
        case ObjectionGround::overdue: return {"its time is over", "已超过期限"};
        case ObjectionGround::wrong_person: break;
    }
    return {"it is about another person", "并非本人"};
}

Bilingual said(ObjectionOutcome outcome) {
    switch (outcome) {
        case ObjectionOutcome::correct:
            return {"The record is corrected: it is withdrawn and a corrected one takes its place.",
                    "异议成立，予以更正：原记录撤回，另行生成更正后的记录。"};
        case ObjectionOutcome::add: return {"What was missing is added.", "异议成立，予以补充。"};
        case ObjectionOutcome::erase:
            return {"The record is withdrawn.", "异议成立，予以删除：该记录撤回，不得再使用。"};
        case ObjectionOutcome::end:
            return {"Its time is over; it is not used and not shown any more.",
                    "异议成立，期限已过，终止公示和使用。"};
        case ObjectionOutcome::keep: break;
    }
    return {"The record stands.", "异议不成立，该记录维持不变。"};
}

/// Organ, title with number, addressee, what it answers; then the paragraphs, the remedies and the day.
Bilingual paper(AnswerText const& about, Bilingual const& title, Bilingual const& answered,
                Bilingual const& paragraphs, Bilingual const& act, std::string const& paper_zh) {
    Bilingual const remedies = remedies_told(about.remedies, act, paper_zh);
    Bilingual text;
    text.en = about.agency + "\n" + title.en + " " + about.number + "\nTo: " + about.committer + "\nOn " +
              to_iso(about.filed_on) + " you filed " + answered.en + " " + about.id +
              " about the credit record " + about.record + ".\n" + paragraphs.en + remedies.en + "\n" +
              to_iso(about.made_on) + "\n";
    text.zh = about.agency + "\n" + title.zh + " " + about.number + "\n" + about.committer +
              "：\n你（单位）于 " + to_iso(about.filed_on) + " 就信用记录 " + about.record + " 提出" +
              answered.zh + "（编号 " + about.id + "）。\n" + paragraphs.zh + remedies.zh + "\n" +
              zh_day(about.made_on) + "\n";
    return text;
}

Bilingual const application{"the application for credit repair", "信用修复申请"};

}  // namespace

Bilingual compose_objection_receipt(ReceiptText const& about, ObjectionGround ground) {
    std::string const day = to_iso(about.filed_on);
    std::string const end = about.answer_by ? to_iso(*about.answer_by) : "";
    Bilingual const why = said(ground);
    return {.en = "Receipt " + about.id + ": on " + day + " " + about.unit +
                  " took in an objection to the record " + about.record + " (" + why.en +
                  "). The record is marked as objected to. " +
                  (end.empty()
                       ? "The last day of the answer follows from the calendar that is not published yet. "
                       : "It is answered by " + end + ". ") +
                  "[" + about.rule + "]\n",
            .zh = "异议申请回执 " + about.id + "：" + about.unit + "于" + day + "收到对信用记录 " +
                  about.record + " 的异议申请（" + why.zh + "），已即时作出异议标注。" +
                  (end.empty() ? "答复届满日以公布后的日历计算为准。" : "最迟于" + end + "答复。") + "（" +
                  about.rule + "）\n"};
}

Bilingual compose_repair_receipt(ReceiptText const& about) {
    std::string const day = to_iso(about.filed_on);
    std::string const end = about.answer_by ? to_iso(*about.answer_by) : "";
    return {.en = "Receipt " + about.id + ": on " + day + " " + about.unit +
                  " took in an application to repair the record " + about.record + ". It is free of charge." +
                  (end.empty() ? "" : " It is answered by " + end + ".") + " [" + about.rule + "]\n",
            .zh = "信用修复申请回执 " + about.id + "：" + about.unit + "于" + day + "收到对信用记录 " +
                  about.record + " 的修复申请。信用修复不收取任何费用。" +
                  (end.empty() ? "" : "最迟于" + end + "答复。") + "（" + about.rule + "）\n"};
}

Bilingual compose_objection_answer(AnswerText const& about, ObjectionGround ground, ObjectionOutcome outcome,
                                   std::string const& reasons, bool reviewable) {
    Bilingual const why = said(ground), result = said(outcome);
    return paper(
        about, {"Answer to an objection", "异议处理答复"}, {"the objection", "异议"},
        {.en = "What is objected to: " + why.en + ".\nOutcome: " + result.en + "\nReasons: " + reasons +
               "\n" + (reviewable ? "You may also ask for a review of this answer.\n" : ""),
         .zh = "异议事由：" + why.zh + "。\n处理结果：" + result.zh + "\n理由：" + reasons + "\n" +
               (reviewable ? "对本答复仍有异议的，可以申请复核。\n" : "")},
        {"this answer", "本答复"}, "本答复");
}

Bilingual compose_repair_acceptance(AnswerText const& about, std::string const& why,
                                    std::optional<Date> answer_by) {
    return paper(
        about, {"Acceptance of an application for credit repair", "信用修复受理通知书"}, application,
        {.en = "It meets the conditions and is taken in. It is free of charge.\nReasons: " + why + "\n" +
               (answer_by ? "It is decided by " + to_iso(*answer_by) + ".\n"
                          : "The last day of the decision follows from the calendar that is not "
                            "published yet.\n"),
         .zh = "经审查，符合受理条件，予以受理。信用修复不收取任何费用。\n理由：" + why + "\n" +
               (answer_by ? "最迟于 " + to_iso(*answer_by) + " 作出决定。\n"
                          : "决定届满日以公布后的日历计算为准。\n")},
        {"this notice", "本通知书"}, "本通知书");
}

Bilingual compose_repair_refusal(AnswerText const& about, std::string const& why,
                                 std::vector<Bilingual> const& unmet) {
    Bilingual missing;
    for (Bilingual const& one : unmet) {
        missing.en += "Missing: " + one.en + "\n";
        missing.zh += "不符合的条件：" + one.zh + "\n";
    }
    return paper(about, {"Refusal of an application for credit repair", "信用修复不予受理通知书"},
                 application,
                 {.en = "It is not taken in.\nReasons: " + why + "\n" + missing.en +
                        "Once the conditions hold you may apply again; it is free of charge.\n",
                  .zh = "经审查，不予受理。\n理由：" + why + "\n" + missing.zh +
                        "条件具备后，可以重新申请；信用修复不收取任何费用。\n"},
                 {"this notice", "本通知书"}, "本通知书");
}

Bilingual compose_repair_answer(AnswerText const& about, RepairDecision const& decision) {
    Bilingual const title = decision.granted
                                ? Bilingual{"Decision to repair credit", "信用修复决定书"}
                                : Bilingual{"Decision not to repair credit", "不予信用修复决定书"};
    Bilingual const result =
        decision.granted
            ? Bilingual{"The record is repaired: what is public of it ends, it is not shared and not used any "
                        "more, and you may promise again.",
                        "准予信用修复：终止公示，停止共享和使用该记录，恢复适用告知承诺制的资格。"}
            : Bilingual{"The record is not repaired.", "不予信用修复。"};
    return paper(about, title, application,
                 {.en = "Outcome: " + result.en + "\nReasons: " + decision.reasons + "\n",
                  .zh = "处理结果：" + result.zh + "\n理由：" + decision.reasons + "\n"},
                 {"this decision", "本决定"}, "本决定书");
}

Bilingual compose_repair_revocation(AnswerText const& about, RepairRevocation const& why,
                                    std::optional<Date> barred_until) {
    std::string const until = barred_until ? to_iso(*barred_until) : "";
    return paper(about, {"Revocation of a credit repair", "撤销信用修复决定书"}, application,
                 {.en = "The repair rested on false papers and is revoked: the record stands as before.\n"
                        "Reasons: " +
                        why.reasons + "\n" +
                        (until.empty() ? "" : "You may not apply for its repair until " + until + ".\n"),
                  .zh = "信用修复系以虚假材料取得，予以撤销：该记录恢复原状。\n理由：" + why.reasons + "\n" +
                        (until.empty() ? "" : "至 " + until + " 止，不得再次申请信用修复。\n")},
                 {"this decision", "本决定"}, "本决定书");
}

}  // namespace sponsio::domain

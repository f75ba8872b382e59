#include "server/domain/listing.hpp"
#include "server/domain/paper_words.hpp"

/// The papers of a case of the serious list: what it rests on, what a listing brings, and how it ends
/// (Zhejiang art. 24 and 28, Henan art. 28; docs/law.md H).
namespace sponsio::domain {
namespace {

Bilingual said(ListingGround ground) {
    switch (ground) {
        case ListingGround::health_and_safety:
            return {"it gravely endangers the health or life of others",
                    "严重危害人民群众身体健康和生命安全"};
        case ListingGround::market_order:
            return {"it gravely breaks the order of market or society",
                    "严重破坏市场公平竞争秩序和社会正常秩序"};
        case ListingGround::duties_refused:
            return {"a duty by law was refused although it could be performed",
                    "有履行能力而拒不履行法定义务"};
        case ListingGround::national_defence:
            return {"a duty of national defence was refused", "拒不履行国防义务"};
        case ListingGround::state_examinations:
            return {"deceit in an examination of the state", "在国家考试中作弊"};
        case ListingGround::open_commitment_broken:
            return {"a public commitment was broken with grave consequences",
                    "违背公开作出的信用承诺，造成严重后果"};
        case ListingGround::forged_papers: break;
    }
    return {"a licence, award, payment or insurance was gained by forged papers",
            "伪造公文、证件、印章，以虚假材料取得许可、奖励、给付或者社会保险待遇"};
}

Bilingual basis_of(ListingDraft const& draft) {
    Bilingual text;
    for (ListingBasis const& one : draft.basis) {
        text.zh += (text.zh.empty() ? "" : "；") + one.law + one.article;
        text.en += (text.en.empty() ? "" : "; ") + one.law + " " + one.article;
    }
    return text;
}

/// The organ, the title with the number, the addressee, and the act.
Bilingual head(ListingText const& text, Bilingual const& title) {
    CaseText const& about = text.about;
    return {.en = about.agency + "\n" + title.en + " " + about.number + "\nTo: " + about.committer +
                  "\nBy the decision " + text.finding_decision + " about your commitment " +
                  about.commitment_code + " it was found: " + about.finding.facts + "\n",
            .zh = about.agency + "\n" + title.zh + " " + about.number + "\n" + about.committer +
                  "：\n本机关决定书 " + text.finding_decision + " 就你（单位）的承诺（编码 " +
                  about.commitment_code + "）认定：" + about.finding.facts + "\n"};
}

/// Ground, reason, basis, what it brings and who answers for it.
Bilingual grounds(ListingDraft const& draft) {
    Bilingual const ground = said(draft.ground), basis = basis_of(draft);
    Bilingual text{
        .en = "Ground: " + ground.en + ".\nReason: " + draft.reason + "\nBasis: " + basis.en + "\n",
        .zh = "列入情形：" + ground.zh + "。\n理由：" + draft.reason + "\n依据：" + basis.zh + "\n"};
    if (draft.measures) {
        text.en += "What a listing brings: " + *draft.measures + "\n";
        text.zh += "列入后的惩戒措施：" + *draft.measures + "\n";
    }
    for (Responsible const& one : draft.responsible) {
        bool const head = one.role == ResponsibleRole::legal_representative;
        text.en += (head ? "Legal representative: " : "Actual controller: ") + one.name + "\n";
        text.zh += (head ? "法定代表人（负责人）：" : "实际控制人：") + one.name + "\n";
    }
    return text;
}

Bilingual answers(ListingDecision const& decision) {
    Bilingual text{.en = "Reasons: " + decision.reasons + "\n", .zh = "理由：" + decision.reasons + "\n"};
    if (!decision.defence_answer.empty()) {
        text.en += "Answer to the defence: " + decision.defence_answer + "\n";
        text.zh += "对陈述、申辩的答复：" + decision.defence_answer + "\n";
    }
    if (!decision.hearing_answer.empty()) {
        text.en += "Answer to the hearing: " + decision.hearing_answer + "\n";
        text.zh += "对听证意见的答复：" + decision.hearing_answer + "\n";
    }
    return text;
}

Bilingual whole(ListingText const& text, Bilingual const& title, Bilingual const& paragraphs) {
    Bilingual paper = head(text, title);
    paper.en += paragraphs.en + to_iso(text.about.made_on) + "\n";
    paper.zh += paragraphs.zh + zh_day(text.about.made_on) + "\n";
    return paper;
}

}  // namespace

Bilingual compose_listing_notice(ListingText const& text, PriorNotice const& notice,
                                 StatedPeriod const& defence, std::optional<StatedPeriod> const& hearing) {
    std::string const days = std::to_string(defence.length);
    std::string const last = defence.last_day ? to_iso(*defence.last_day) : "";
    Bilingual body = grounds(text.draft);
    body.en = "It is proposed to put you on the list of seriously dishonest subjects.\n" + body.en +
              "You may state your case, defend yourself and object within " + days +
              " working days of receiving this notice. " +
              last_days_en(defence.serve_by, last.empty() ? "" : "until " + last) +
              "\nWhere: " + notice.place + "\nContact: " + notice.contact + "\n";
    body.zh = "本机关拟将你（单位）列入严重失信主体名单。\n" + body.zh +
              "你（单位）有权自收到本告知书之日起 " + days + " 个工作日内陈述、申辩、提出异议。本告知书" +
              last_days_zh(defence.serve_by, last.empty() ? "" : "期限至 " + last + " 届满") + "\n地点：" +
              notice.place + "\n联系：" + notice.contact + "\n";
    if (hearing) {
        std::string const length = std::to_string(hearing->length);
        body.en += "You may ask for a hearing within " + length +
                   " working days of receiving this notice; it costs nothing.\n";
        body.zh += "你（单位）有权自收到本告知书之日起 " + length +
                   " 个工作日内要求听证；本机关组织听证，不收取费用。\n";
    }
    body.en += "Who says nothing in that time waives this right; stating a case never makes it heavier.\n";
    body.zh += "逾期未陈述、申辩的，视为放弃；不因陈述、申辩而加重处理。\n";
    return whole(text, {"Prior notice of a listing", "列入严重失信主体名单事先告知书"}, body);
}

Bilingual compose_listing_decision(ListingText const& text, ListingDecision const& decision, Date until,
                                   RemediesText const& remedies) {
    Bilingual const said_why = answers(decision), on_what = grounds(text.draft);
    Bilingual const told = remedies_told(remedies, {"this decision", "本决定"}, "本决定书");
    std::string const last = to_iso(until);
    return whole(
        text, {"Decision to list", "列入严重失信主体名单决定书"},
        {.en =
             "You are put on the list of seriously dishonest subjects from the service of this decision to " +
             last + ".\n" + said_why.en + on_what.en +
             "How it ends: by itself after that day; before it, once the shortest period is over, all is "
             "set right and the duties are met, by a credit repair, for which you apply to this organ free "
             "of charge where the rules of the place admit it.\n" +
             told.en + "\n",
         .zh = "决定将你（单位）列入严重失信主体名单，自本决定书送达之日起至 " + last + " 止。\n" +
               said_why.zh + on_what.zh +
               "移出途径：期满自动移出；期满前，最短期限届满、失信行为已纠正且义务履行完毕的，"
               "可以依当地规则向本机关申请信用修复，不收取任何费用。\n" +
               told.zh + "\n"});
}

Bilingual compose_listing_dismissal(ListingText const& text, ListingDecision const& decision) {
    Bilingual body = answers(decision);
    body.en += "Decision: you are not put on the list of seriously dishonest subjects.\n";
    body.zh += "决定：不将你（单位）列入严重失信主体名单。\n";
    return whole(text, {"Decision not to list", "不予列入严重失信主体名单决定书"}, body);
}

Bilingual compose_listing_removal(ListingText const& text, ListingRevocation const& why) {
    return whole(
        text, {"Decision to take off the list", "移出严重失信主体名单决定书"},
        {.en = "You are taken off the list of seriously dishonest subjects; what was shown of it is "
               "shown no more.\nReasons: " +
               why.why + "\n",
         .zh = "决定将你（单位）移出严重失信主体名单，终止公示并停止相应措施。\n理由：" + why.why + "\n"});
}

}  // namespace sponsio::domain

#include "server/domain/hearing.hpp"

#include "server/base/form.hpp"
#include "server/domain/paper_words.hpp"

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 8000};
constexpr Length number_text{.max = 128};
constexpr Length place_text{.max = 300};

/// The clock in China, to the minute.
std::string hour_of(Instant at) {
    std::string const utc_plus_8 = to_rfc3339(at + std::chrono::hours{8});
    constexpr std::size_t time_begins = 11, minutes_end = 5;
    return utc_plus_8.substr(time_begins, minutes_end);
}

std::string head_zh(CaseText const& about, char const* title) {
    return about.agency + "\n" + title + " " + about.number + "\n" + about.committer + "：\n";
}

std::string head_en(CaseText const& about, char const* title) {
    return about.agency + "\n" + title + " " + about.number + "\nTo: " + about.committer + "\n";
}

}  // namespace

RectifyOrder RectifyOrder::read(Fields& fields) {
    return {fields.text("number", number_text), fields.text("what", {.max = 4000}),
            fields.text("contact", place_text), fields.optional_date("serve_by")};
}

OrderOutcome OrderOutcome::read(Fields& fields) {
    OrderOutcome outcome{fields.boolean("corrected"), fields.text("opinion", {.max = 4000})};
    auto const text = fields.optional_text("evidence_id", {.max = 64});
    if (text) outcome.evidence = EvidenceId::parse(*text);
    if (text && !outcome.evidence) fields.refuse("evidence_id", reason::bad_format, form::uuid);
    if (outcome.corrected && !text) fields.refuse("evidence_id", reason::required, form::uuid);
    if (!outcome.corrected && text) fields.refuse("evidence_id", reason::not_allowed_here);
    return outcome;
}

HearingStep HearingStep::read(Fields& fields) {
    return {fields.text("text", long_text), fields.id<EvidenceId>("evidence_id")};
}

HearingNotice HearingNotice::read(Fields& fields) {
    return {fields.text("number", number_text), fields.instant("at"),   fields.text("place", place_text),
            fields.id<AccountId>("chair_id"),   fields.boolean("open"), fields.text("contact", place_text),
            fields.optional_date("serve_by")};
}

HearingRecord HearingRecord::read(Fields& fields) {
    return {fields.text("number", number_text),
            fields.boolean("attended"),
            fields.text("record", long_text),
            fields.text("opinion", long_text),
            fields.id<EvidenceId>("signed_evidence_id"),
            fields.optional_text("new_facts", long_text)};
}

Recheck Recheck::read(Fields& fields) {
    return {fields.choice<RecheckResult>("result"), fields.text("text", long_text)};
}

Bilingual compose_order(CaseText const& about, RectifyOrder const& order, StatedPeriod const& rectify,
                        StatedPeriod const& reconsideration, StatedPeriod const& litigation) {
    std::string const days = std::to_string(rectify.length);
    std::string const last_day = rectify.last_day ? to_iso(*rectify.last_day) : "";
    std::string const to_reconsider = std::to_string(reconsideration.length);
    std::string const to_sue = std::to_string(litigation.length);
    Bilingual text;
    text.zh =
        head_zh(about, "责令限期改正通知书") + "你（单位）就“" + about.matter.zh + "”作出的承诺（编码 " +
        about.commitment_code + "），经核查：" + about.finding.facts + "\n责令改正的内容：" + order.what +
        "\n请自收到本通知书之日起 " + days + " 日内改正，并提交改正的证明材料。于 " +
        to_iso(rectify.serve_by) + " 或者之前送达的，改正期限至 " + last_day +
        " 届满；此后送达的，自送达之日的次日起计算。\n按期改正的，本案终结，不形成信用记录；逾期未改正的，"
        "本机关将依法继续办理，拟作出的处理为：" +
        about.finding.proposed_action + "\n联系：" + order.contact + "\n如不服本通知书，可自收到之日起 " +
        to_reconsider + " 日内依法申请行政复议，或者 " + to_sue + " 个月内依法提起行政诉讼。\n" +
        zh_day(about.made_on) + "\n";
    text.en =
        head_en(about, "Order to rectify") + "Your commitment " + about.commitment_code +
        " in the matter \"" + english(about.matter) + "\" was checked. Facts: " + about.finding.facts +
        "\nTo be set right: " + order.what + "\nDo so within " + days +
        " days of receiving this order, and hand in what shows it. If served on " + to_iso(rectify.serve_by) +
        " or before, until " + last_day +
        "; if served later, counted from the day after service.\nSet right in time, the case ends and no "
        "credit record follows; otherwise it goes on, and what is proposed is: " +
        about.finding.proposed_action + "\nContact: " + order.contact +
        "\nYou may apply for reconsideration within " + to_reconsider +
        " days of receiving this order, or bring a lawsuit within " + to_sue + " months.\n" +
        to_iso(about.made_on) + "\n";
    return text;
}

Bilingual compose_hearing_notice(CaseText const& about, HearingNotice const& notice,
                                 std::string const& chair) {
    Date const day = china_date(notice.at);
    Bilingual text;
    text.zh = head_zh(about, "听证通知书") + "根据你（单位）的要求，就承诺（编码 " + about.commitment_code +
              "）一案举行听证。\n时间：" + zh_day(day) + " " + hour_of(notice.at) + "\n地点：" +
              notice.place + "\n主持人：" + chair + "\n方式：" + (notice.open ? "公开" : "不公开") +
              "举行。\n你（单位）可以亲自参加听证，也可以委托一至二人代理；认为主持人与本案有直接利害关系的，"
              "有权申请回避。听证不收取费用。\n无正当理由拒不出席或者未经许可中途退出的，视为放弃听证权利。\n"
              "联系：" +
              notice.contact + "\n" + zh_day(about.made_on) + "\n";
    text.en =
        head_en(about, "Notice of hearing") + "As you asked, a hearing is held about the commitment " +
        about.commitment_code + ".\nTime: " + to_iso(day) + " " + hour_of(notice.at) +
        " (China)\nPlace: " + notice.place + "\nChair: " + chair + "\nThe hearing is " +
        (notice.open ? "public" : "not public") +
        ".\nYou may come yourself, or be represented by one or two agents; you may ask for another chair "
        "if this one has an interest in the case. It costs nothing.\nWho stays away without reason, or "
        "leaves, gives the hearing up.\nContact: " +
        notice.contact + "\n" + to_iso(about.made_on) + "\n";
    return text;
}

Bilingual compose_hearing_record(CaseText const& about, HearingRecord const& record, std::string const& chair,
                                 Instant held_at) {
    Date const day = china_date(held_at);
    Bilingual text;
    text.zh = head_zh(about, "听证笔录") + "承诺编码：" + about.commitment_code + "\n听证时间：" +
              zh_day(day) + " " + hour_of(held_at) + "\n主持人：" + chair + "\n当事人：" +
              (record.attended ? "出席" : "无正当理由未出席，视为放弃听证权利") + "\n记录：" + record.record +
              "\n主持人意见：" + record.opinion + "\n" + zh_day(about.made_on) + "\n";
    text.en = head_en(about, "Record of the hearing") + "Commitment: " + about.commitment_code +
              "\nHeld: " + to_iso(day) + " " + hour_of(held_at) + " (China)\nChair: " + chair +
              "\nThe party " +
              (record.attended ? "attended" : "stayed away without reason and so gave the hearing up") +
              ".\nRecord: " + record.record + "\nOpinion of the chair: " + record.opinion + "\n" +
              to_iso(about.made_on) + "\n";
    return text;
}

}  // namespace sponsio::domain

#include "crypto/digest.hpp"
#include "server/domain/answer_papers.hpp"
#include "server/domain/hearing.hpp"
#include "server/domain/listing.hpp"
#include "server/domain/paper_templates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace sponsio::domain {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Date day(char const* text) {
    return parse_iso_date(text).value();
}

StatedPeriod period(int length, char const* last_day) {
    return {length, day("2026-03-18"), day(last_day)};
}

CaseText about_finding() {
    return {.agency = "示例区住房保障中心",
            .number = "示例〔2026〕1号",
            .committer = "司徒示例",
            .matter = {"Housing", "公租房"},
            .commitment_code = "11010520260302000104",
            .finding = {.facts = "并无亲属关系。",
                        .legal_basis = {{"公共租赁住房管理办法", "第三十五条"}},
                        .proposed_action = "撤销资格"},
            .made_on = day("2026-03-18")};
}

AnswerText about_answer() {
    return {.agency = "示例区住房保障中心",
            .number = "示例〔2026〕2号",
            .committer = "司徒示例",
            .id = "019cfc87-6e6d-722e-b290-df2cafe39b12",
            .record = "019cd01b-f3d4-7b16-a51a-f4639d6574d0",
            .filed_on = day("2026-03-10"),
            .made_on = day("2026-03-18"),
            .remedies = {period(60, "2026-05-18"), period(6, "2026-09-18")}};
}

Decision decision(bool breach) {
    return {
        .breach = breach, .number = "示例〔2026〕1号", .reasons = "查明。", .defence_answer = "不予采纳。"};
}

/// Those of the serious list, of every ground.
void add_listings(std::map<std::string_view, std::vector<Bilingual>>& papers, StatedPeriod const& five) {
    CaseText const finding = about_finding();
    ListingText text{.about = finding,
                     .finding_decision = "示例〔2026〕1号",
                     .draft = {.record = RecordId{Uuid{}},
                               .ground = ListingGround::forged_papers,
                               .basis = {{LawLevel::law, "虚构信用法", "第十条"}},
                               .reason = "伪造材料。",
                               .measures = "三年内不得申请。",
                               .responsible = {{ResponsibleRole::legal_representative, "甲"},
                                               {ResponsibleRole::actual_controller, "乙"}}}};
    PriorNotice const notice{.number = finding.number, .place = "示例路1号", .contact = "010-00000000"};
    ListingDecision const decided{.listed = true,
                                  .number = finding.number,
                                  .reasons = "属实。",
                                  .defence_answer = "不予采纳。",
                                  .hearing_answer = "已考虑。"};
    RemediesText const remedies{period(60, "2026-05-18"), period(6, "2026-09-18")};
    Instant const at = *parse_rfc3339("2026-04-01T01:30:00Z");
    for (auto const& ground : words<ListingGround>) {
        text.draft.ground = ground.value;
        papers["listing_notice"].push_back(compose_listing_notice(text, notice, five, {}));
    }
    papers["listing_notice"].push_back(compose_listing_notice(text, notice, five, five));
    papers["listing_hearing_notice"] = {compose_hearing_notice(
        finding, {finding.number, at, "会议室", AccountId{Uuid{}}, true, "010-00000000"}, "钱主任")};
    papers["listing_hearing_record"] = {compose_hearing_record(
        finding, {finding.number, true, "陈述。", "列入。", EvidenceId{Uuid{}}}, "钱主任", at)};
    papers["listing_decision"] = {compose_listing_decision(text, decided, day("2029-03-18"), remedies)};
    papers["listing_dismissal"] = {compose_listing_dismissal(text, decided)};
    papers["listing_removal"] = {compose_listing_removal(text, {"有误。", finding.number})};
}

/// Every text that a kind of paper can have, of facts that stay.
std::map<std::string_view, std::vector<Bilingual>> all_papers() {
    CaseText const finding = about_finding();
    AnswerText const answer = about_answer();
    StatedPeriod const five = period(5, "2026-03-25");
    PriorNotice const notice{.number = finding.number, .place = "示例路1号", .contact = "010-00000000"};
    Instant const at = *parse_rfc3339("2026-04-01T01:30:00Z");
    AccountId const chair{Uuid{}};
    EvidenceId const paper{Uuid{}};
    std::map<std::string_view, std::vector<Bilingual>> papers;
    papers["prior_notice"] = {compose_prior_notice(finding, notice, five, {"", "0000-0000-0000-0000"}),
                              compose_prior_notice(finding, notice, five, {"", "0000-0000-0000-0000"}, five)};
    papers["decision"] = {
        compose_decision(finding, decision(true), period(60, "2026-05-18"), period(6, "2026-09-18"))};
    papers["dismissal"] = {compose_dismissal(finding, decision(false), true),
                           compose_dismissal(finding, decision(false), false)};
    papers["order"] = {compose_order(finding, {finding.number, "腾退", "010-00000000", day("2026-03-18")},
                                     period(15, "2026-04-02"), period(60, "2026-05-18"),
                                     period(6, "2026-09-18"))};
    papers["hearing_notice"] = {compose_hearing_notice(
        finding, {finding.number, at, "会议室", chair, true, "010-00000000"}, "钱主任")};
    papers["hearing_record"] = {
        compose_hearing_record(finding, {finding.number, true, "陈述。", "从轻。", paper}, "钱主任", at)};
    for (auto const& ground : words<ObjectionGround>)
        for (auto const& outcome : words<ObjectionOutcome>)
            papers["objection_answer"].push_back(
                compose_objection_answer(answer, ground.value, outcome.value, "经核对。", true));
    papers["repair_intake"] = {compose_repair_acceptance(answer, "齐全。", day("2026-03-23")),
                               compose_repair_acceptance(answer, "齐全。", {}),
                               compose_repair_refusal(answer, "不齐。", {{"No proof.", "未证明已纠正。"}})};
    papers["repair_answer"] = {compose_repair_answer(answer, {true, "符合。", answer.number}),
                               compose_repair_answer(answer, {false, "不符合。", answer.number})};
    papers["repair_revocation"] = {
        compose_repair_revocation(answer, {"系伪造。", answer.number}, day("2027-03-18"))};
    add_listings(papers, five);
    return papers;
}

std::string digest_of(std::vector<Bilingual> const& texts) {
    std::string all;
    for (Bilingual const& text : texts) all += text.zh + text.en;
    return to_hex(crypto::sha256(as_bytes(all))).substr(0, 16);
}

/// The bytes of each version. A template whose words change gets another version, and its line here.
TEST(Papers, SameFactsGiveTheSameBytesInEveryVersionOfATemplate) {
    std::map<std::string, std::string> const kept{
        {"decision 1", "d3f19d00cf56a2b1"},
        {"dismissal 1", "d64e61883ec26b6f"},
        {"hearing_notice 1", "78f4872781f7a481"},
        {"hearing_record 1", "a29ed6d02355c415"},
        {"listing_decision 1", "9cfc846c0967ac8e"},
        {"listing_dismissal 1", "8a0b71ecea67695b"},
        {"listing_hearing_notice 1", "78f4872781f7a481"},
        {"listing_hearing_record 1", "fb9eb8e113c40a28"},
        {"listing_notice 1", "498ff31400aeb479"},
        {"listing_removal 1", "72ca9ecad75a9585"},
        {"objection_answer 1", "240aaf81304ed857"},
        {"order 1", "ec6fae75dabb4104"},
        {"prior_notice 1", "c919afa8219e2aeb"},
        {"repair_answer 1", "ec7045fae0cc669d"},
        {"repair_intake 1", "507419cdd45c61f3"},
        {"repair_revocation 1", "d02d435f6c194119"},
    };
    std::map<std::string, std::string> composed;
    for (auto const& [kind, texts] : all_papers()) composed[template_name(kind)] = digest_of(texts);
    EXPECT_EQ(composed, kept);
    EXPECT_EQ(composed.size(), paper_templates.size());
}

TEST(Papers, AnswersNameReasonsRemediesAndLastDays) {
    auto papers = all_papers();
    for (char const* kind : {"objection_answer", "repair_intake", "repair_answer", "repair_revocation"})
        for (Bilingual const& text : papers[kind]) {
            for (char const* part : {"司徒示例：", "理由：", "60 日内", "行政复议", "6 个月内", "行政诉讼",
                                     "2026-05-18", "2026-09-18", "2026年3月18日"})
                EXPECT_THAT(text.zh, HasSubstr(part)) << kind;
            for (char const* part : {"To: 司徒示例", "Reasons: ", "within 60 days", "within 6 months",
                                     "until 2026-05-18", "until 2026-09-18"})
                EXPECT_THAT(text.en, HasSubstr(part)) << kind;
        }
    EXPECT_THAT(papers["repair_intake"][2].zh, HasSubstr("不符合的条件：未证明已纠正。"));
    EXPECT_THAT(papers["repair_revocation"][0].zh, HasSubstr("至 2027-03-18 止"));
}

TEST(Papers, AReviewIsToldOnlyWhereThePlaceHasIt) {
    auto const text = [](bool reviewable) {
        return compose_objection_answer(about_answer(), ObjectionGround::missing, ObjectionOutcome::keep,
                                        "无。", reviewable)
            .zh;
    };
    EXPECT_THAT(text(true), HasSubstr("申请复核"));
    EXPECT_THAT(text(false), Not(HasSubstr("申请复核")));
}

TEST(Papers, ReceiptsSayUntilWhenThereIsAnAnswer) {
    ReceiptText receipt{"示例区住房保障中心", "a", "b", day("2026-03-10"), day("2026-03-17"), "rule"};
    EXPECT_THAT(compose_objection_receipt(receipt, ObjectionGround::missing).zh,
                HasSubstr("最迟于2026-03-17答复"));
    EXPECT_THAT(compose_repair_receipt(receipt).en,
                HasSubstr("It is free of charge. It is answered by 2026-03-17."));
    receipt.answer_by.reset();
    EXPECT_THAT(compose_objection_receipt(receipt, ObjectionGround::missing).zh, HasSubstr("以公布后的日历"));
    EXPECT_THAT(compose_repair_receipt(receipt).en, Not(HasSubstr("answered by")));
}

}  // namespace
}  // namespace sponsio::domain

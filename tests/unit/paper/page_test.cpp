#include "server/paper/page.hpp"

#include "server/base/process.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace sponsio::paper {
namespace {

using ::testing::HasSubstr;

/// What poppler makes of a page, without the breaks of lines and the spaces between words.
std::string read_back(std::string const& pdf, std::vector<std::string> program = {"pdftotext", "-", "-"}) {
    Finished const read = run_process({.argv = std::move(program), .input = pdf});
    EXPECT_EQ(read.exit_code, 0) << read.output;
    std::string text = read.output;
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\f'; });
    return text;
}

Paper a_paper(std::string const& facts = "名下另有住房一套，与承诺不符。") {
    Paper paper = paper_of("示例市示例区民政局\n事先告知书 示民告〔2026〕12号\n欧阳示例：\n经核查：" + facts +
                               "\n依据：示例办法第三条\n逾期未陈述、申辩的，视为放弃。\n2026年3月22日\n",
                           false)
                      .value();
    paper.digest = std::string(64, 'a');
    paper.made_at = "2026-03-22T01:00:00.123456Z";
    return paper;
}

TEST(Page, HoldsEveryWord) {
    std::string const read = read_back(draw_pages(a_paper()).value());
    for (char const* part :
         {"示例市示例区民政局", "事先告知书", "示民告〔2026〕12号", "欧阳示例：", "名下另有住房一套",
          "依据：示例办法第三条", "2026年3月22日", "第1页共1页", "（印章）"})
        EXPECT_THAT(read, HasSubstr(part));
    EXPECT_THAT(read, HasSubstr(std::string(64, 'a')));
}

TEST(Page, TheSamePaperGivesTheSameBytes) {
    std::string const once = draw_pages(a_paper()).value();
    EXPECT_EQ(draw_pages(a_paper()).value(), once);
    EXPECT_NE(draw_pages(a_paper("名下另有住房二套。")).value(), once);
    // And says that it was made when the paper was, whatever the time is now.
    EXPECT_THAT(read_back(once, {"pdfinfo", "-rawdates", "-"}), HasSubstr("CreationDate:20260322010000Z"));
}

TEST(Page, ALongPaperGoesOnOverleaf) {
    std::string facts;
    for (int i = 0; i != 120; ++i) facts += "第" + std::to_string(i) + "项：名下另有住房一套，与承诺不符；";
    std::string const read = read_back(draw_pages(a_paper(facts)).value());
    EXPECT_THAT(read, HasSubstr("第1页共4页"));
    EXPECT_THAT(read, HasSubstr("第4页共4页"));
    EXPECT_THAT(read, HasSubstr("第119项"));
}

TEST(Page, AnAddressIsNotDividedAtItsHyphens) {
    std::string const address = "https://sponsio.example/window/my-own-case";
    std::string facts;
    for (int i = 0; i != 30; ++i) {  // wherever in the line it begins
        facts += "是";
        std::string const read = read_back(draw_pages(a_paper(facts + address)).value());
        EXPECT_THAT(read, HasSubstr(address)) << i;
    }
}

TEST(Page, WhatIsLongerThanALineIsDivided) {
    std::string const address =
        "https://sponsio.example/" + std::string(40, 'a') + "-" + std::string(40, 'b');
    std::string const pdf = draw_pages(a_paper(address)).value();
    std::vector<std::string> const as_printed{"pdftotext", "-layout", "-", "-"};
    EXPECT_THAT(read_back(pdf, as_printed), HasSubstr(address));
    std::string const lines = run_process({.argv = as_printed, .input = pdf}).output;
    EXPECT_EQ(lines.find(address), std::string::npos) << "it runs out of the page";
}

TEST(Page, EnglishIsSetAsEnglish) {
    Paper const paper =
        paper_of("Civil Affairs\nPrior notice 12\nTo: 欧阳示例\nFacts: a flat of their own.\n2026-03-22\n",
                 true)
            .value();
    std::string const read = read_back(draw_pages(paper).value());
    EXPECT_THAT(read, HasSubstr("Page1of1"));
    EXPECT_THAT(read, HasSubstr("Digest(SHA-256)"));
    EXPECT_THAT(read, HasSubstr("(seal)"));
}

/// Names outside the first plane, a zero that is a name, and a description of a character without a code
/// point.
TEST(Page, RareCharactersAreSet) {
    EXPECT_THAT(read_back(draw_pages(a_paper("𬎆、𠮷、〇、⿰亻革")).value()),
                HasSubstr("𬎆、𠮷、〇、⿰亻革"));
}

TEST(Page, ACharacterWithoutAGlyphIsNamed) {
    auto const refused = draw_pages(a_paper("\U0003134F与\uE000、\U0003134F"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, page_error::no_glyph);
    EXPECT_THAT(refused.error().where, HasSubstr("\uE000"));
    EXPECT_THAT(refused.error().where, testing::Not(HasSubstr("与")));
}

TEST(PaperOf, KnowsTheParts) {
    auto const paper = paper_of("局\n事先 告知书 1号\n甲：\n一\n二\n某日\n", false);
    ASSERT_TRUE(paper);
    EXPECT_EQ(paper->organ, "局");
    EXPECT_EQ(paper->title, "事先 告知书");
    EXPECT_EQ(paper->number, "1号");
    EXPECT_EQ(paper->addressee, "甲：");
    EXPECT_THAT(paper->paragraphs, testing::ElementsAre("一", "二"));
    EXPECT_THAT(paper->closing, testing::ElementsAre("（印章）", "某日"));
    EXPECT_EQ(Paper::from_text(paper->to_text()).to_text(), paper->to_text());
}

TEST(PaperOf, IsNothingForAnotherText) {
    for (char const* text : {"", "a\n", "organ\ntitle\nto\nwhat\nday\n", "organ\ntitle 1\nto\nday\n"})
        EXPECT_FALSE(paper_of(text, true)) << text;
}

}  // namespace
}  // namespace sponsio::paper

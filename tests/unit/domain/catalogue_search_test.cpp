#include "server/domain/catalogue.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace sponsio::domain {
namespace {

constexpr Date today{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{23}};

Catalogue const& catalogue() {
    static Catalogue const loaded = Catalogue::from_resources().value();
    return loaded;
}

std::vector<Catalogue::Hit> search(std::string_view question, std::optional<Language> language = {},
                                   std::size_t limit = 20) {
    return catalogue().search(question, language, today, limit);
}

struct Question {
    char const* asked;
    int best;  ///< number of the item that must come first; 0: nothing is found
};

class Questions : public testing::TestWithParam<Question> {};

TEST_P(Questions, FindTheRightItemFirst) {
    auto const hits = search(GetParam().asked);
    if (GetParam().best == 0) {
        EXPECT_TRUE(hits.empty()) << hits.front().item->number;
        return;
    }
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits.front().item->number, GetParam().best) << hits.front().score;
    EXPECT_GE(hits.front().score, Catalogue::least_score);
    EXPECT_LE(hits.front().score, 100);
}

INSTANTIATE_TEST_SUITE_P(
    Chinese, Questions,
    testing::Values(
        Question{"亲属关系证明", 1}, Question{"亲属证明", 1}, Question{"亲戚关系", 1},
        Question{"证明我妈是我妈", 1}, Question{"亲", 1}, Question{"父子", 1}, Question{"直系亲属", 1},
        Question{"户籍证明", 2}, Question{"户籍", 2}, Question{"居住证明", 2}, Question{"住址", 2},
        Question{"改名", 3}, Question{"改名字", 3}, Question{"更正出生日期", 3}, Question{"养狗", 4},
        Question{"狗", 4}, Question{"办狗证", 4}, Question{"邻居同意", 4}, Question{"无犯罪", 5},
        Question{"无犯罪记录", 5}, Question{"政审", 5}, Question{"政审证明", 5}, Question{"良民证", 5},
        Question{"有没有犯罪", 5}, Question{"戒毒", 6}, Question{"社区康复", 6}, Question{"失踪", 7},
        Question{"失踪人口", 7}, Question{"下落不明", 7}, Question{"单身", 8}, Question{"没结婚", 8},
        Question{"未婚", 8}, Question{"离婚证明", 8}, Question{"分居", 8}, Question{"夫妻", 8},
        Question{"出生", 9}, Question{"出生证", 9}, Question{"健在", 10}, Question{"活着", 10},
        Question{"生存证明", 10}, Question{"证明老人还活着", 10}, Question{"死亡", 11},
        Question{"我家老人去世了", 11}, Question{"生病", 12}, Question{"急诊", 12}, Question{"摔伤", 12},
        Question{"残疾", 13}, Question{"残疾等级", 13}, Question{"独生子女", 14}, Question{"准生证", 14},
        Question{"计生证明", 14}, Question{"失业", 15}, Question{"没有工作", 15}, Question{"档案", 16},
        Question{"人事档案", 16}, Question{"收入", 17}, Question{"贫困证明", 17}, Question{"房产", 17},
        Question{"存款", 17}, Question{"车", 17}, Question{"继承", 18}, Question{"第一顺序继承人", 18},
        Question{"营业场所", 19}, Question{"住改商", 19}, Question{"公司注册地址", 19},
        Question{"身份证丢了", 20}, Question{"遗失", 20}, Question{"户口本丢了", 20},
        Question{"親屬關係證明", 1}, Question{"無犯罪記錄", 5}, Question{"死亡證明", 11},
        Question{"【亲属】 关系，证明！", 1}, Question{"ｋｉｎｓｈｉｐ", 1}, Question{"天气预报", 0},
        Question{"\xC3\x28", 0}));

INSTANTIATE_TEST_SUITE_P(
    English, Questions,
    testing::Values(Question{"kinship proof", 1}, Question{"kinshp prof", 1}, Question{"proof of kinship", 1},
                    Question{"Family relation", 1}, Question{"proof of residence", 2},
                    Question{"how do i prove where i live", 2}, Question{"hukou", 2},
                    Question{"change my name", 3}, Question{"dog licence", 4}, Question{"dog lisence", 4},
                    Question{"DOG LICENSE", 4}, Question{"my dog is registered", 4},
                    Question{"good conduct", 5}, Question{"conduct good", 5}, Question{"criminal record", 5},
                    Question{"police clearance", 5}, Question{"background check", 5},
                    Question{"drug rehab", 6}, Question{"missng person", 7}, Question{"unmarried", 8},
                    Question{"divorce", 8}, Question{"single", 8}, Question{"marrige certificate", 8},
                    Question{"birth certifcate", 9}, Question{"proof that i am alive", 10},
                    Question{"alive", 10}, Question{"proof of life for my pension", 10},
                    Question{"death cert", 11}, Question{"sick note", 12}, Question{"emergency room", 12},
                    Question{"disabled", 13}, Question{"disabilty certificate", 13},
                    Question{"only child", 14}, Question{"fertility", 14}, Question{"jobless", 15},
                    Question{"unemployed", 15}, Question{"i need a paper that says i have no job", 15},
                    Question{"personal file", 16}, Question{"income", 17}, Question{"proof of icnome", 17},
                    Question{"solvency", 17}, Question{"bank deposit", 17}, Question{"heir", 18},
                    Question{"inheritence", 18}, Question{"business address", 19}, Question{"shop", 19},
                    Question{"lost id card", 20}, Question{"lost passport", 20},
                    Question{"bank card lost", 20}, Question{"weather forecast", 0}));

TEST(CatalogueSearch, ScoresTheVeryNameHundredAndNothingElse) {
    for (ProofItem const& item : catalogue().items()) {
        if (item.valid_to) continue;  // another one has its name since
        for (std::string const& name : {item.name.zh, item.name.en}) {
            auto const hits = search(name);
            ASSERT_FALSE(hits.empty()) << name;
            EXPECT_EQ(hits.front().item, &item) << name;
            EXPECT_EQ(hits.front().score, 100) << name;
        }
        for (std::string const& alias : item.aliases_zh)
            EXPECT_EQ(search(alias).front().item, &item) << alias;
        for (std::string const& alias : item.aliases_en)
            EXPECT_EQ(search(alias).front().item, &item) << alias;
    }
    EXPECT_LT(search("亲属").front().score, 100);
}

TEST(CatalogueSearch, SortsByScoreThenByItem) {
    for (auto const* question : {"证明", "proof", "出生", "certificate of something"}) {
        auto const hits = search(question);
        for (std::size_t i = 1; i < hits.size(); ++i) {
            EXPECT_GE(hits[i - 1].score, hits[i].score);
            if (hits[i - 1].score == hits[i].score)
                EXPECT_LT(hits[i - 1].item->item_id, hits[i].item->item_id);
        }
        auto const again = search(question);
        ASSERT_EQ(again.size(), hits.size());
        for (std::size_t i = 0; i != hits.size(); ++i) {
            EXPECT_EQ(again[i].item, hits[i].item);
            EXPECT_EQ(again[i].score, hits[i].score);
        }
    }
}

TEST(CatalogueSearch, KeepsToTheLanguageAskedFor) {
    EXPECT_EQ(search("健在", Language::zh).front().item->number, 10);
    EXPECT_TRUE(search("健在", Language::en).empty());
    EXPECT_EQ(search("alive", Language::en).front().item->number, 10);
    EXPECT_TRUE(search("alive", Language::zh).empty());
}

TEST(CatalogueSearch, AnswersAnEmptyQuestionWithTheWholeList) {
    for (auto const* question : {"", "  ", "——？", "!?"}) {
        auto const hits = search(question);
        ASSERT_EQ(hits.size(), 20u) << question;
        EXPECT_EQ(hits.front().item->number, 1);
        EXPECT_EQ(hits.back().item->number, 20);
        EXPECT_EQ(hits.front().score, 0);
    }
}

TEST(CatalogueSearch, KeepsToLimitAndValidity) {
    EXPECT_EQ(search("证明", {}, 3).size(), 3u);
    EXPECT_TRUE(search("证明", {}, 0).empty());
    Date const before{std::chrono::year{2020}, std::chrono::month{4}, std::chrono::day{26}};
    EXPECT_TRUE(catalogue().search("", {}, before, 20).empty());
    EXPECT_TRUE(catalogue().search("亲属关系证明", {}, before, 20).empty());
    EXPECT_EQ(search("cn-2020-10").front().item->number, 10);
}

TEST(NormalizeTerm, KeepsOnlyWhatNamesAreMadeOf) {
    EXPECT_EQ(normalize_term(" Proof of  Life! "), "proofoflife");
    EXPECT_EQ(normalize_term("Café-Ñandú"), "cafenandu");
    EXPECT_EQ(normalize_term("ＡＢＣ１２３"), "abc123");
    EXPECT_EQ(normalize_term("（健在）证明。"), "健在证明");
    EXPECT_EQ(normalize_term("親屬"), "亲属");
    EXPECT_EQ(normalize_term("\xF0\xA0\xAE\xB7"), "\xF0\xA0\xAE\xB7");
    EXPECT_EQ(normalize_term("\xEF\xA9\xB0"), "\xEF\xA9\xB0") << "no NFKC: U+FA70 stays";
    EXPECT_EQ(normalize_term("\xFF"), "");
}

}  // namespace
}  // namespace sponsio::domain

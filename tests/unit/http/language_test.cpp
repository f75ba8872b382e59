#include "server/http/language.hpp"

#include <gtest/gtest.h>

namespace sponsio::http {
namespace {

struct Case {
    char const* name;
    char const* header;
    Language expected;
};

class PreferredLanguage : public testing::TestWithParam<Case> {};

TEST_P(PreferredLanguage, FollowsQualityValues) {
    EXPECT_EQ(preferred_language(GetParam().header), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, PreferredLanguage,
    testing::Values(
        Case{"Nothing", "", Language::chinese}, Case{"English", "en", Language::english},
        Case{"RegionOfEnglish", "en-GB", Language::english}, Case{"Chinese", "zh-CN", Language::chinese},
        Case{"UpperCase", "EN-us", Language::english},
        Case{"ChineseFirst", "zh-CN,zh;q=0.9,en;q=0.8", Language::chinese},
        Case{"EnglishFirst", "en-US,en;q=0.9,zh;q=0.8", Language::english},
        Case{"WrittenLaterButBetter", "zh;q=0.2, en;q=0.3", Language::english},
        Case{"ThreeDecimals", "zh;q=0.123, en;q=0.124", Language::english},
        Case{"Refused", "en;q=0, *;q=0.1", Language::chinese},
        Case{"ChineseRefused", "zh;q=0, *;q=0.1", Language::english},
        Case{"OthersOnly", "fr, de;q=0.5", Language::chinese}, Case{"Any", "*", Language::chinese},
        Case{"NotAQuality", "zh;q=0.5, en;q=high", Language::chinese},
        Case{"QualityOverOne", "zh;q=0.5, en;q=1.5", Language::chinese},
        Case{"Blanks", " zh ; q=0.1 ,\ten ; q=0.9 ", Language::english},
        Case{"NotEnglish", "enm", Language::chinese}, Case{"OnlyCommas", ",,;,", Language::chinese}),
    [](auto const& test) { return test.param.name; });

TEST(LanguageTag, IsWhatContentLanguageSays) {
    EXPECT_EQ(tag(Language::chinese), "zh-CN");
    EXPECT_EQ(tag(Language::english), "en");
}

}  // namespace
}  // namespace sponsio::http

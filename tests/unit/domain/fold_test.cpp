#include "server/domain/fold.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

struct SameName {
    char const* one;
    char const* other;
};

class SearchableName : public testing::TestWithParam<SameName> {};

TEST_P(SearchableName, IsTheSameInEveryForm) {
    EXPECT_EQ(searchable_name(GetParam().one), searchable_name(GetParam().other));
    EXPECT_NE(searchable_name(GetParam().one), "");
}

INSTANTIATE_TEST_SUITE_P(
    Forms, SearchableName,
    testing::Values(SameName{"张例丰", "張例豐"}, SameName{"张三", "张　三"},
                    SameName{"伊力亚·例二", "伊力亚・例二"}, SameName{"伊力亚·例二", "伊力亚•例二"},
                    SameName{"José O'Example-Smith", "JOSE OEXAMPLE SMITH"}, SameName{"Ｌｉ Ｓｉ", "li si"},
                    SameName{"MÜLLER, Jan", "muller jan"},
                    SameName{"示例（北京）有限公司", "示例(北京)有限公司"}, SameName{"蕭后", "萧後"}));

TEST(SearchableName, OfOtherPeopleIsAnother) {
    EXPECT_NE(searchable_name("张三"), searchable_name("张三丰"));
    EXPECT_NE(searchable_name("李〇"), searchable_name("李"));
    EXPECT_NE(searchable_name("⿰亻革"), searchable_name("⿱亻革"));
}

TEST(SearchableName, IsEmptyWhereNothingIsLeft) {
    EXPECT_EQ(searchable_name(" ·- "), "");
    EXPECT_EQ(searchable_name("\xff"), "");
}

TEST(Simplified, ChangesTraditionalCharactersAndNoOthers) {
    EXPECT_EQ(simplified(U'張'), U'张');
    EXPECT_EQ(simplified(U'张'), U'张');
    EXPECT_EQ(simplified(U'龍'), U'龙');
    EXPECT_EQ(simplified(U'a'), U'a');
    EXPECT_EQ(simplified(U'\U00020000'), U'\U00020000');
}

}  // namespace
}  // namespace sponsio::domain

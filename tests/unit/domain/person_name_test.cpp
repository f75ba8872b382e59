#include "server/domain/person_name.hpp"

#include "text/code_points.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sponsio::domain {
namespace {

std::string read_name(std::string_view given) {
    auto const name = parse_person_name(given);
    return name ? *name : "!" + std::string(name.error()->word);
}

std::string read_organisation(std::string_view given) {
    auto const name = parse_organisation_name(given);
    return name ? *name : "!" + std::string(name.error()->word);
}

struct NameCase {
    char const* given;
    char const* read;
};

class Names : public testing::TestWithParam<NameCase> {};

TEST_P(Names, AreTakenAsTheyAreInLife) {
    EXPECT_EQ(read_name(GetParam().given), GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(
    PersonName, Names,
    testing::Values(NameCase{"张三", "张三"}, NameCase{"欧阳示例", "欧阳示例"},
                    NameCase{"\xF0\xA0\xAE\xB7三", "\xF0\xA0\xAE\xB7三"},  // U+20BB7, extension B
                    NameCase{"王\xF0\xB0\x80\x80", "王\xF0\xB0\x80\x80"},  // U+30000, extension G
                    NameCase{"\xEF\xA8\x8E", "\xEF\xA8\x8E"},              // U+FA0E stays itself
                    NameCase{"\xEF\xA9\xB0山", "\xEF\xA9\xB0山"},          // U+FA70 is not U+4E26
                    NameCase{"阿卜杜拉·买买提", "阿卜杜拉·买买提"},        // U+00B7 already
                    NameCase{"阿卜杜拉•买买提", "阿卜杜拉·买买提"},        // U+2022
                    NameCase{"阿卜杜拉・买买提", "阿卜杜拉·买买提"},       // U+30FB
                    NameCase{"阿卜杜拉．买买提", "阿卜杜拉·买买提"},       // U+FF0E
                    NameCase{"阿卜杜拉.买买提", "阿卜杜拉·买买提"},
                    NameCase{"阿卜杜拉 ‧ 买买提", "阿卜杜拉·买买提"},  // U+2027, blanks
                    NameCase{"张　三", "张三"},                        // U+3000
                    NameCase{"  张 三 ", "张三"}, NameCase{"John  Smith", "John Smith"},
                    NameCase{"John\xC2\xA0Smith", "John Smith"},  // U+00A0
                    NameCase{"Mary O'Brien", "Mary O'Brien"}, NameCase{"Mary O’Brien", "Mary O’Brien"},
                    NameCase{"Anne-Marie St. John", "Anne-Marie St. John"},
                    NameCase{"José Núñez", "José Núñez"}, NameCase{"J. R. R. Tolkien", "J. R. R. Tolkien"},
                    NameCase{"Raj A/L Kumar", "Raj A/L Kumar"}, NameCase{"Tan @ Chan", "Tan @ Chan"},
                    NameCase{"Иван", "Иван"}, NameCase{"", "!empty"}, NameCase{" 　 ", "!empty"},
                    NameCase{"·买买提", "!bad_format"}, NameCase{"买买提·", "!bad_format"},
                    NameCase{"阿卜杜拉··买买提", "!bad_format"}, NameCase{"-", "!bad_format"},
                    NameCase{"123", "!bad_format"}, NameCase{"\xC3", "!bad_format"},
                    NameCase{"\xED\xA0\x80", "!bad_format"},  // a surrogate
                    NameCase{"\xC0\xAF", "!bad_format"},      // an overlong form
                    NameCase{"张\n三", "!bad_character"}, NameCase{"张\xE2\x80\x8B三", "!bad_character"},
                    NameCase{"张\xE2\x80\xAE三", "!bad_character"},  // U+202E turns text around
                    NameCase{"张\xEE\x80\x80", "!bad_character"},    // U+E000, private use
                    NameCase{"张\xEF\xBF\xBD", "!bad_character"},    // U+FFFD
                    NameCase{"张□", "!bad_character"}, NameCase{"张?", "!bad_character"},
                    NameCase{"张⿰亻革", "张⿰亻革"}, NameCase{"⿱⿰亻革心", "⿱⿰亻革心"},
                    NameCase{"⿲彳女亍三", "⿲彳女亍三"}, NameCase{"张⿰亻", "!bad_format"},
                    NameCase{"张⿰A革", "!bad_format"}, NameCase{"⿰亻·革", "!bad_format"},
                    NameCase{"<b>张三</b>", "!bad_character"}, NameCase{"张三😀", "!bad_character"}));

TEST(PersonName, CountsCharactersNotBytes) {
    std::string name;
    for (int i = 0; i != 200; ++i) name += "张";
    EXPECT_EQ(read_name(name), name);
    EXPECT_EQ(read_name(name + "三"), "!too_long");
    EXPECT_EQ(read_name(name + " "), name);
}

TEST(PersonName, IsAFixpoint) {
    for (auto const* given : {"张　三", "阿卜杜拉 • 买买提", "  John   O'Brien ", "J. Smith"}) {
        std::string const once = read_name(given);
        EXPECT_EQ(read_name(once), once);
    }
}

TEST(OrganisationName, KeepsWhatTheRegisterHolds) {
    EXPECT_EQ(read_organisation("  甲市（测试）数据&服务有限公司 "), "甲市（测试）数据&服务有限公司");
    EXPECT_EQ(read_organisation("A B  Co., Ltd. \"X\""), "A B  Co., Ltd. \"X\"");
    EXPECT_EQ(read_organisation(""), "!empty");
    EXPECT_EQ(read_organisation("\t甲公司"), "!bad_character");
    EXPECT_EQ(read_organisation("……"), "……") << "a sign beyond Latin counts as a letter here";
    EXPECT_EQ(read_organisation("---"), "!bad_format");
    EXPECT_EQ(read_organisation(std::string(201, 'a')), "!too_long");
}

TEST(Utf8, GoesThereAndBack) {
    std::u32string every;
    for (char32_t c = 1; c <= 0x10FFFF; c += 37)
        if (c < 0xD800 || c > 0xDFFF) every.push_back(c);
    std::string const bytes = to_utf8(every);
    EXPECT_EQ(from_utf8(bytes).value(), every);
    EXPECT_FALSE(from_utf8(bytes.substr(0, bytes.size() - 1)));
    EXPECT_FALSE(from_utf8("\xF4\x90\x80\x80")) << "beyond U+10FFFF";
    EXPECT_FALSE(from_utf8("\x80"));
}

}  // namespace
}  // namespace sponsio::domain

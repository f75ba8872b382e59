#include "server/base/form.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace sponsio;

namespace {

std::string en(Reason const& why, Wanted wanted) {
    return told({"/x", &why, std::move(wanted)}).en;
}

std::string zh(Reason const& why, Wanted wanted) {
    return told({"/x", &why, std::move(wanted)}).zh;
}

TEST(Told, NamesTheLimitWithItsUnit) {
    Wanted const text{.min = 1, .max = 512, .unit = &unit::characters, .form = &form::text};
    EXPECT_EQ(en(reason::too_long, text), "is too long: 1 to 512 characters");
    EXPECT_EQ(zh(reason::too_long, text), "超过长度限制：1 至 512 个字符");
    EXPECT_EQ(en(reason::out_of_range, {.max = 7}), "is out of range: at most 7");
    EXPECT_EQ(en(reason::out_of_range, {.min = 2}), "is out of range: at least 2");
    EXPECT_EQ(en(reason::out_of_range, {.min = 6, .max = 6, .unit = &unit::entries}),
              "is out of range: exactly 6 entries");
}

TEST(Told, NamesTheWordsAndTheForm) {
    EXPECT_EQ(en(reason::unknown_value, {.words = {"a", "b"}}),
              "is not one of the allowed values: one of a, b");
    EXPECT_EQ(zh(reason::unknown_value, {.words = {"a", "b"}}), "不在允许取值范围内：可用值：a、b");
    EXPECT_EQ(en(reason::bad_format, {.form = &form::passport}),
              "is not in the expected form: 5 to 20 letters and digits, such as E12345678");
    EXPECT_EQ(en(reason::wrong_type, {.form = &form::text}), "has the wrong JSON type: a JSON string");
}

TEST(Told, SaysNoMoreWhereThereIsNoMore) {
    EXPECT_EQ(en(reason::not_unique, {}), "is already taken");
    EXPECT_EQ(zh(reason::empty, {.min = 1, .max = 9, .unit = &unit::characters}), "不得为空");
}

TEST(Told, CutsALongListInTheTextAlone) {
    Wanted many;
    for (int i = 0; i != 30; ++i) many.words.push_back("w" + std::to_string(i));
    std::string const text = en(reason::unknown_value, many);
    EXPECT_NE(text.find("w23, …"), std::string::npos) << text;
    EXPECT_EQ(text.find("w24"), std::string::npos);
}

TEST(Form, EachHasAWordOfItsOwn) {
    std::set<std::string_view> words;
    for (Form const* form : all_forms()) EXPECT_TRUE(words.insert(form->word).second) << form->word;
    for (Unit const* unit : all_units()) EXPECT_TRUE(words.insert(unit->word).second) << unit->word;
}

}  // namespace

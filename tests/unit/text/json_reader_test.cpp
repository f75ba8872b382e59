#include "tests/unit/crypto/support.hpp"
#include "text/json.hpp"

#include <gtest/gtest.h>

namespace sponsio::json {
namespace {

Error refusal(std::string_view text, json::Limits const& limits = {}) {
    auto const result = json::parse(text, limits);
    if (result) {
        ADD_FAILURE() << "taken: " << text;
        return {};
    }
    return result.error();
}

TEST(JsonReader, ReadsEveryKind) {
    auto const value = json::parse(
        " {\"a\" : [ null , true , false , -12 , 0 , \"x\" ] ,\r\n\t\"b\" : { } , \"c\" : [ ] } ");
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, (json::Object{{"a", json::Array{nullptr, true, false, -12, 0, "x"}},
                                    {"b", json::Object{}},
                                    {"c", json::Array{}}}));
}

TEST(JsonReader, UnescapesStrings) {
    EXPECT_EQ(json::parse(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u4e2d\ud83d\ude00")")->as_string(),
              "\"\\/\b\f\n\r\tA\u00e9\u4e2d\U0001F600");
    EXPECT_EQ(json::parse("\"欧阳示例·\U0001F600 and \u007f\"")->as_string(),
              "欧阳示例·\U0001F600 and \u007f");
}

TEST(JsonReader, ScansStringsOfEveryLengthAndAlignment) {
    for (std::size_t before = 0; before != 20; ++before)
        for (std::string const& odd : {std::string("\\n"), std::string("\xc3\xa9"), std::string("中"),
                                       std::string("\U0001F600"), std::string()}) {
            std::string const text = std::string(before, ' ') + '"' + std::string(before, 'a') + odd +
                                     std::string(23 - before, 'b') + '"';
            std::string const expected =
                std::string(before, 'a') + (odd == "\\n" ? "\n" : odd) + std::string(23 - before, 'b');
            auto const value = json::parse(text);
            ASSERT_TRUE(value) << text;
            EXPECT_EQ(value->as_string(), expected);
        }
}

TEST(JsonReader, FindsTheOddByteWhereverItStands) {
    for (std::size_t at = 0; at != 24; ++at)
        for (char const odd : {'\0', '\x01', '\x1f', '\x80', '\xff'}) {
            std::string content(24, 'a');
            content[at] = odd;
            Error const error = refusal('"' + content + '"');
            EXPECT_EQ(error.offset, at + 1);
        }
}

struct Refused {
    std::string text;
    std::string_view code;
    std::string where;
    std::size_t offset;
};

class JsonRefusal : public testing::TestWithParam<Refused> {};

TEST_P(JsonRefusal, NamesReasonAndPlace) {
    Error const error = refusal(GetParam().text);
    EXPECT_EQ(error.code, GetParam().code);
    EXPECT_EQ(error.where, GetParam().where);
    EXPECT_EQ(error.offset, GetParam().offset);
    EXPECT_FALSE(error.message.empty());
}

using namespace std::string_literals;
INSTANTIATE_TEST_SUITE_P(
    Cases, JsonRefusal,
    testing::Values(
        Refused{R"({"a":1,"a":1})", json::error::duplicate_key, "/a", 7},
        Refused{R"([0,{"x/y":{"k":1,"z":2,"k":3}}])", json::error::duplicate_key, "/1/x~1y/k", 23},
        Refused{R"({"a":1,"\u0061":2})", json::error::duplicate_key, "/a", 7},
        Refused{R"(["a\u0000b"])", json::error::nul_character, "/0", 3},
        Refused{"{\"k\":\"a\0b\"}"s, json::error::nul_character, "/k", 7},
        Refused{"\"a\nb\"", json::error::control_character, "", 2},
        Refused{R"("\ud800")", json::error::lone_surrogate, "", 1},
        Refused{R"("\udc00")", json::error::lone_surrogate, "", 1},
        Refused{R"("\ud800\u0041")", json::error::lone_surrogate, "", 1},
        Refused{R"("\ud800x")", json::error::lone_surrogate, "", 1},
        Refused{"\"\xc0\xaf\"", json::error::bad_utf8, "", 1},
        Refused{"\"\xe0\x80\xaf\"", json::error::bad_utf8, "", 1},
        Refused{"\"\xed\xa0\x80\"", json::error::bad_utf8, "", 1},
        Refused{"\"\xf4\x90\x80\x80\"", json::error::bad_utf8, "", 1},
        Refused{"\"\xf0\x8f\xbf\xbf\"", json::error::bad_utf8, "", 1},
        Refused{"\"\xe4\xb8\"", json::error::bad_utf8, "", 1},
        Refused{"{\"a\":[1,1.0]}", json::error::number_not_integer, "/a/1", 8},
        Refused{"1e2", json::error::number_not_integer, "", 0},
        Refused{"-0", json::error::number_not_integer, "", 0},
        Refused{"9007199254740992", json::error::number_too_large, "", 0},
        Refused{"-9007199254740992", json::error::number_too_large, "", 0},
        Refused{"123456789012345678901234567890", json::error::number_too_large, "", 0},
        Refused{"01", json::error::syntax, "", 0}, Refused{"-", json::error::syntax, "", 1},
        Refused{"+1", json::error::syntax, "", 0}, Refused{".5", json::error::syntax, "", 0},
        Refused{"NaN", json::error::syntax, "", 0}, Refused{"True", json::error::syntax, "", 0},
        Refused{"", json::error::syntax, "", 0}, Refused{"  ", json::error::syntax, "", 2},
        Refused{"[1,]", json::error::syntax, "/1", 3}, Refused{"{\"a\":1,}", json::error::syntax, "", 7},
        Refused{"[1 2]", json::error::syntax, "", 3}, Refused{"{\"a\" 1}", json::error::syntax, "", 5},
        Refused{"{1:2}", json::error::syntax, "", 1}, Refused{"'a'", json::error::syntax, "", 0},
        Refused{"// x\n1", json::error::syntax, "", 0}, Refused{"\"abc", json::error::syntax, "", 4},
        Refused{R"("\x41")", json::error::syntax, "", 1}, Refused{R"("\u12g4")", json::error::syntax, "", 5},
        Refused{"\xEF\xBB\xBF{}", json::error::byte_order_mark, "", 0},
        Refused{"{} x", json::error::trailing_data, "", 3}, Refused{"1 1", json::error::trailing_data, "", 2},
        Refused{"null\0"s, json::error::trailing_data, "", 4}));

TEST(JsonReader, FindsTheDuplicateAmongManyNames) {
    for (int const count : {16, 17, 18, 500}) {
        std::string text = "{";
        for (int i = 0; i != count; ++i) text += "\"k" + std::to_string(i * 7919 % 1000) + "\":0,";
        std::string const good = text + "\"last\":0}";
        std::string const bad = text + "\"k" + std::to_string(7919 % 1000) + "\":0}";
        ASSERT_TRUE(json::parse(good));
        Error const error = refusal(bad);
        EXPECT_EQ(error.code, json::error::duplicate_key);
        EXPECT_EQ(error.where, "/k" + std::to_string(7919 % 1000));
        EXPECT_EQ(error.offset, text.size());
    }
}

TEST(JsonReader, TakesIntegersUpToTheLimitAsked) {
    EXPECT_EQ(json::parse("9007199254740991")->as_int(), json::max_safe_integer);
    EXPECT_EQ(json::parse("-9007199254740991")->as_int(), -json::max_safe_integer);
    json::Limits const all{.max_integer = INT64_MAX};
    EXPECT_EQ(json::parse("9223372036854775807", all)->as_int(), INT64_MAX);
    EXPECT_EQ(refusal("9223372036854775808", all).code, json::error::number_too_large);
    EXPECT_EQ(json::parse("100", {.max_integer = 100})->as_int(), 100);
    EXPECT_EQ(refusal("101", {.max_integer = 100}).code, json::error::number_too_large);
}

TEST(JsonReader, KeepsToItsLimits) {
    EXPECT_TRUE(json::parse("[[1]]", {.max_depth = 2}));
    EXPECT_EQ(refusal("[[[1]]]", {.max_depth = 2}).code, json::error::too_deep);
    EXPECT_EQ(refusal("[[{}]]", {.max_depth = 2}).where, "/0/0");
    EXPECT_TRUE(json::parse("[[],[],[]]", {.max_depth = 2}));
    EXPECT_TRUE(json::parse("[1,2]", {.max_values = 3}));
    EXPECT_EQ(refusal("[1,2,3]", {.max_values = 3}).code, json::error::too_many_values);
    EXPECT_TRUE(json::parse("\"12\"", {.max_bytes = 4}));
    EXPECT_EQ(refusal("\"123\"", {.max_bytes = 4}).code, json::error::too_large);
}

TEST(JsonReader, BoundsItsRecursionWhateverTheLimits) {
    std::string const deep(100'000, '[');
    EXPECT_EQ(refusal(deep, {.max_depth = 1'000'000}).code, json::error::too_deep);
    EXPECT_EQ(refusal(deep).code, json::error::too_deep);
    std::string objects;
    for (int i = 0; i != 50'000; ++i) objects += "[{\"\":";
    EXPECT_EQ(refusal(objects).code, json::error::too_deep);
}

TEST(JsonReader, MessagesHoldNothingOfTheInput) {
    std::string const secret = "11010519491231002X";
    for (std::string const& text :
         {"{\"" + secret + "\":\"\\u0000\"}", "[\"" + secret + "\\x\"]", "\"" + secret})
        EXPECT_EQ(refusal(text).message.find(secret), std::string::npos);
}

TEST(JsonReader, JudgesThePublicTestSuiteAsExpected) {
    auto const rows = crypto::test::golden_table("json_test_suite.txt");
    ASSERT_EQ(rows.size(), 316U);
    for (auto const& row : rows) {
        ASSERT_EQ(row.size(), 3U) << row.at(0);
        auto const text = from_base64(row[2]).value();
        auto const result = json::parse(as_text(text));
        if (row[1] == "accept") {
            ASSERT_TRUE(result) << row[0] << ": " << result.error().code;
            EXPECT_EQ(*json::parse(json::write(*result)), *result) << row[0];
        } else {
            ASSERT_FALSE(result) << row[0];
            if (row[1] != "refuse") EXPECT_EQ(result.error().code, row[1]) << row[0];
        }
    }
}

}  // namespace
}  // namespace sponsio::json

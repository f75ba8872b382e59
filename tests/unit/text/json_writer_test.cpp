#include "text/json.hpp"

#include <gtest/gtest.h>

namespace sponsio::json {
namespace {

std::string canonical_of(std::string_view text) {
    return json::canonical(json::parse(text).value());
}

TEST(JsonWriter, KeepsTheOrderOfMembers) {
    json::Value const value = json::Object{
        {"b", json::Array{1, -2, nullptr, true, false}}, {"a", json::Object{}}, {"", json::Array{}}};
    EXPECT_EQ(json::write(value), R"({"b":[1,-2,null,true,false],"a":{},"":[]})");
}

TEST(JsonWriter, WritesTheWholeRangeOfIntegers) {
    EXPECT_EQ(json::write(INT64_MAX), "9223372036854775807");
    EXPECT_EQ(json::write(INT64_MIN), "-9223372036854775808");
    EXPECT_EQ(json::write(0), "0");
}

TEST(JsonWriter, EscapesWhatRfc8785Escapes) {
    EXPECT_EQ(json::write("\b\t\n\f\r\"\\/\x01\x1f\x7f é中"),
              "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f\x7f é中\"");
}

TEST(JsonWriter, RefusesStringsThatNobodyCouldRead) {
    using namespace std::string_literals;
    for (std::string const& text : {"a\0b"s, "\xff"s, "a\x80"s, "\xed\xa0\x80"s, "\xe4\xb8"s}) {
        EXPECT_THROW(json::write(json::Value(text)), Failure);
        EXPECT_THROW(json::canonical(json::Object{{text, 1}}), Failure);
    }
}

// Sources: https://github.com/cyberphone/json-canonicalization testdata (named in RFC 8785 appendix F).
TEST(CanonicalJson, PublishedVectors) {
    EXPECT_EQ(canonical_of(R"({"peach":"This sorting order","péché":"is wrong according to French",
                              "pêche":"but canonicalization MUST","sin":"ignore locale"})"),
              R"({"peach":"This sorting order","péché":"is wrong according to French",)"
              R"("pêche":"but canonicalization MUST","sin":"ignore locale"})");
    EXPECT_EQ(
        canonical_of(R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\u000a":"Newline","1":"One",
                              "\u0080":"Control\u007f","\ud83d\ude02":"Smiley",
                              "\u00f6":"Latin Small Letter O With Diaeresis",
                              "\ufb33":"Hebrew Letter Dalet With Dagesh","</script>":"Browser Challenge"})"),
        "{\"\\n\":\"Newline\",\"\\r\":\"Carriage Return\",\"1\":\"One\",\"</script>\":\"Browser Challenge\","
        "\"\u0080\":\"Control\u007f\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        "\"\U0001F602\":\"Smiley\",\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}");
    EXPECT_EQ(canonical_of(R"({"Unnormalized Unicode":"A\u030a"})"),
              "{\"Unnormalized Unicode\":\"A\u030a\"}");
    EXPECT_EQ(canonical_of("[56,{\"d\":true,\"10\":null,\"1\":[ ]}]"), R"([56,{"1":[],"10":null,"d":true}])");
    EXPECT_EQ(
        canonical_of(R"({"1":{"f":{"f":"hi","F":5},"\n":56},"10":{},"":"empty","a":{},
                              "111":[{"e":"yes","E":"no"}],"A":{}})"),
        R"({"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}})");
    EXPECT_EQ(canonical_of(R"(["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"])"),
              "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]");
}

// RFC 8785 §3.2.3.
TEST(CanonicalJson, SortsByUtf16CodeUnits) {
    json::Object const members{{"\u20ac", 1}, {"\r", 2},     {"\uFB33", 3}, {"1", 4},     {"\U0001F600", 5},
                               {"\u0080", 6}, {"\u00f6", 7}, {"\uE000", 8}, {"\uD7FF", 9}};
    EXPECT_EQ(json::canonical(members),
              "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\uD7FF\":9,\"\U0001F600\":5,"
              "\"\uE000\":8,\"\uFB33\":3}");
}

TEST(CanonicalJson, ShorterNameComesFirst) {
    EXPECT_EQ(canonical_of(R"({"ab":1,"a":2,"abc":3,"":4})"), R"({"":4,"a":2,"ab":1,"abc":3})");
}

TEST(CanonicalJson, RefusesIntegersThatRfc8785CannotKeep) {
    EXPECT_EQ(json::canonical(json::max_safe_integer), "9007199254740991");
    EXPECT_THROW(json::canonical(json::max_safe_integer + 1), Failure);
    EXPECT_THROW(json::canonical(json::Array{-json::max_safe_integer - 1}), Failure);
}

TEST(CanonicalJson, IsAFixedPointAndReadsBack) {
    for (auto const* text : {R"({"b":{"y":[{"d":1,"c":"\ud83d\ude00"}],"x":null},"a":"\u0001"})", "[]",
                             "\"\"", R"([[{"\ue000":1,"\ud83d\ude00":2}]])"}) {
        json::Value const value = json::parse(text).value();
        std::string const once = json::canonical(value);
        EXPECT_EQ(json::parse(once).value(), value);
        EXPECT_EQ(json::canonical(json::parse(once).value()), once);
    }
}

TEST(ObjectText, IsTheTextOfTheSameObject) {
    json::Object const inner{{"a", 1}, {"b", json::Array{json::Value("x"), json::Value()}}};
    json::ObjectText whole;
    whole.add("inner", inner).add_string("quoted \"key\"", "line\nbreak").add_written("written", "[1,2]");
    std::string const text = std::move(whole).take();
    EXPECT_EQ(json::parse(text).value(),
              (json::Object{{"inner", inner},
                            {"quoted \"key\"", "line\nbreak"},
                            {"written", json::Array{json::Value(1), json::Value(2)}}}));
    EXPECT_EQ(json::ObjectText().take(), "{}");
}

}  // namespace
}  // namespace sponsio::json

#include "server/domain/decode.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sponsio::domain {
namespace {

struct Form {
    std::string name;
    std::optional<std::string> note;
    std::int64_t count = 0;
    bool flag = false;
    Date day{};
    std::vector<std::string> tags;
    std::vector<std::string> parts;

    static Form read(Fields& fields) {
        Form form;
        form.name = fields.text("name", {.max = 4});
        form.note = fields.optional_text("note", {.max = 10});
        form.count = fields.integer("count", 1, 9);
        form.flag = fields.boolean("flag");
        form.day = fields.date("day");
        form.tags = fields.texts("tags", {.min = 1, .max = 3}, {.max = 5});
        fields.objects("parts", {.min = 0, .max = 2},
                       [&](Fields& part) { form.parts.push_back(part.text("a/b", {.max = 5})); });
        return form;
    }
};

/// Pointer to reason for every bad field.
std::map<std::string, std::string> refusals(std::string_view text) {
    auto json = parse_json(text);
    if (!json) return {{"(json)", std::string(json.error().fields.at(0).reason->word)}};
    auto form = decode(*json, Form::read);
    std::map<std::string, std::string> found;
    if (!form)
        for (FieldError const& error : form.error().fields) found[error.pointer] = error.reason->word;
    return found;
}

using Map = std::map<std::string, std::string>;

TEST(Decode, TakesWhatIsRight) {
    EXPECT_EQ(
        refusals(R"({"name":"𠮷田阿卜","count":9,"flag":true,"day":"2026-02-28","tags":["a"],"note":null})"),
        Map{});
}

TEST(Decode, ReportsEveryBadFieldAtOnceWithItsPointer) {
    EXPECT_EQ(
        refusals(
            R"({"name":"五个字太长","note":7,"count":10,"flag":"yes","day":"2026-02-30","tags":[],"parts":[{"a/b":"x"},{"a/b":"toolong"}],"extra":1})"),
        (Map{{"/name", "too_long"},
             {"/note", "wrong_type"},
             {"/count", "out_of_range"},
             {"/flag", "wrong_type"},
             {"/day", "impossible_date"},
             {"/tags", "empty"},
             {"/parts/1/a~1b", "too_long"},
             {"/extra", "unknown_field"}}));
}

TEST(Decode, MissingAndNullAreBothMissing) {
    EXPECT_EQ(refusals(R"({"name":null})"), (Map{{"/name", "required"},
                                                 {"/count", "required"},
                                                 {"/flag", "required"},
                                                 {"/day", "required"},
                                                 {"/tags", "required"}}));
    EXPECT_EQ(refusals("[]"), (Map{{"", "wrong_type"}}));
}

TEST(Decode, PointsAtElementsOfLists) {
    EXPECT_EQ(
        refusals(
            R"({"name":"a","count":1,"flag":true,"day":"2026-01-01","tags":["ok",3,"toolong"],"parts":[1]})"),
        (Map{{"/tags/1", "wrong_type"}, {"/tags/2", "too_long"}, {"/parts/0", "wrong_type"}}));
}

TEST(Decode, RefusesControlCharactersButNotLineBreaks) {
    EXPECT_EQ(
        refusals(
            "{\"name\":\"a\\u0007\",\"count\":1,\"flag\":true,\"day\":\"2026-01-01\",\"tags\":[\"x\\n\"]}"),
        (Map{{"/name", "bad_character"}}));
    EXPECT_TRUE(has_control_characters("\xC2\x85"));
    EXPECT_FALSE(has_control_characters("é··"));
}

TEST(Decode, NothingButBlanksIsNoText) {
    EXPECT_EQ(
        refusals(
            R"({"name":" \n","note":"　\u00a0","count":1,"flag":true,"day":"2026-01-01","tags":["\t"]})"),
        (Map{{"/name", "empty"}, {"/note", "empty"}, {"/tags/0", "empty"}}));
    EXPECT_TRUE(is_blank_text(""));
    EXPECT_FALSE(is_blank_text(" 甲 "));
    EXPECT_FALSE(is_blank_text("\xE3\x80"));  // the beginning of a blank is none
}

TEST(Decode, StrictJsonIsAFaultOfItsOwn) {
    EXPECT_EQ(refusals(R"({"name":"a","name":"b"})"), (Map{{"(json)", "duplicate_key"}}));
    EXPECT_EQ(refusals(R"({"name":"a\u0000"})"), (Map{{"(json)", "nul_character"}}));
    EXPECT_EQ(refusals(R"({"name":"\ud800"})"), (Map{{"(json)", "lone_surrogate"}}));
    EXPECT_EQ(refusals(R"({"count":1.0})"), (Map{{"(json)", "number_not_integer"}}));
    EXPECT_EQ(parse_json("{").error().problem, &problem::bad_json);
    EXPECT_EQ(parse_json(R"({"a":1,"a":2})").error().fields.at(0).pointer, "/a");
}

}  // namespace
}  // namespace sponsio::domain

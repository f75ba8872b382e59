#include "text/json.hpp"

#include <gtest/gtest.h>

namespace sponsio::json {
namespace {

TEST(JsonValue, HoldsWhatItIsBuiltFrom) {
    EXPECT_TRUE(json::Value().is_null());
    EXPECT_TRUE(json::Value(nullptr).is_null());
    EXPECT_TRUE(json::Value(true).as_bool());
    EXPECT_EQ(json::Value(-7).as_int(), -7);
    EXPECT_EQ(json::Value(std::size_t{7}).as_int(), 7);
    EXPECT_EQ(json::Value("text").as_string(), "text");
    EXPECT_EQ(json::Value(std::string_view("text")).as_string(), "text");
    EXPECT_EQ(json::Value(json::Array{1, "two", nullptr}).at(1).as_string(), "two");
    EXPECT_EQ((json::Value(json::Object{{"a", 1}}).at("a").as_int()), 1);
}

TEST(JsonValue, RefusesSizesBeyondSixtyThreeBits) {
    EXPECT_EQ(json::Value(std::uint64_t{INT64_MAX}).as_int(), INT64_MAX);
    EXPECT_THROW(json::Value(std::uint64_t{INT64_MAX} + 1), Failure);
}

TEST(JsonValue, AccessorsThrowOnAnotherKind) {
    json::Value const text("x");
    EXPECT_THROW((void)text.as_int(), Failure);
    EXPECT_THROW((void)text.as_bool(), Failure);
    EXPECT_THROW((void)text.as_array(), Failure);
    EXPECT_THROW((void)text.as_object(), Failure);
    EXPECT_THROW((void)text.at("x"), Failure);
    EXPECT_THROW((void)text.at(std::size_t{0}), Failure);
    EXPECT_THROW((void)json::Value(1).as_string(), Failure);
    EXPECT_EQ(text.if_int(), nullptr);
    EXPECT_EQ(text.find("x"), nullptr);
}

TEST(JsonObject, KeepsOrderAndUniqueNames) {
    json::Object object{{"z", 1}, {"a", 2}};
    EXPECT_THROW(object.add("z", 3), Failure);
    object.set("z", 3).set("m", 4);
    EXPECT_EQ(json::write(object), R"({"z":3,"a":2,"m":4})");
    EXPECT_TRUE(object.erase("a"));
    EXPECT_FALSE(object.erase("a"));
    EXPECT_EQ(object.size(), 2U);
    EXPECT_FALSE(object.contains("a"));
    EXPECT_THROW((void)object.at("a"), Failure);
    EXPECT_THROW((json::Object{{"a", 1}, {"a", 2}}), Failure);
}

TEST(JsonObject, EqualityLooksAtMembersNotAtTheirOrder) {
    EXPECT_EQ((json::Object{{"a", 1}, {"b", json::Array{1, 2}}}),
              (json::Object{{"b", json::Array{1, 2}}, {"a", 1}}));
    EXPECT_NE((json::Object{{"a", 1}}), (json::Object{{"a", 2}}));
    EXPECT_NE((json::Object{{"a", 1}}), (json::Object{{"b", 1}}));
    EXPECT_NE((json::Object{{"a", 1}}), (json::Object{{"a", 1}, {"b", 1}}));
    EXPECT_NE(json::Value(json::Array{1, 2}), json::Value(json::Array{2, 1}));
    EXPECT_NE(json::Value(1), json::Value("1"));
    EXPECT_NE(json::Value(false), json::Value(nullptr));
}

TEST(JsonPointer, FindsWhatRfc6901Names) {
    json::Value const document = json::parse(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8," ":7})").value();
    EXPECT_EQ(*document.at_pointer(""), document);
    EXPECT_EQ(document.at_pointer("/foo/0")->as_string(), "bar");
    EXPECT_EQ(document.at_pointer("/")->as_int(), 0);
    EXPECT_EQ(document.at_pointer("/a~1b")->as_int(), 1);
    EXPECT_EQ(document.at_pointer("/m~0n")->as_int(), 8);
    EXPECT_EQ(document.at_pointer("/ ")->as_int(), 7);
}

TEST(JsonPointer, FindsNothingElse) {
    json::Value const document = json::parse(R"({"foo":["bar","baz"],"a":{"b":1}})").value();
    for (auto const* pointer : {"foo", "/foo/2", "/foo/-", "/foo/00", "/foo/+0", "/foo/0/x", "/bar", "/a/b/c",
                                "/a~2b", "/a~", "/foo/18446744073709551616"})
        EXPECT_EQ(document.at_pointer(pointer), nullptr) << pointer;
}

TEST(JsonPointer, StepsEscapeAndUnescape) {
    EXPECT_EQ(json::pointer_step("/x", "a/b~c"), "/x/a~1b~0c");
    EXPECT_EQ(json::pointer_steps("/x/a~1b~0c"), (std::vector<std::string>{"x", "a/b~c"}));
    EXPECT_EQ(json::pointer_steps(""), std::vector<std::string>{});
    EXPECT_FALSE(json::pointer_steps("x"));
}

}  // namespace
}  // namespace sponsio::json

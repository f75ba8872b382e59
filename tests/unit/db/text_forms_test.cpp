#include "server/db/array.hpp"
#include "server/db/bind.hpp"
#include "server/db/connection.hpp"
#include "server/db/error.hpp"

#include <gtest/gtest.h>

#include <new>

namespace sponsio::db {
namespace {

TEST(ArrayLiteral, QuotesWhatHasAMeaningInside) {
    EXPECT_EQ(array_literal(std::vector<std::string>{"a", "b \"c\"", "d\\e", "{,}", "", "NULL", "欧阳娜娜"}),
              R"({"a","b \"c\"","d\\e","{,}","","NULL","欧阳娜娜"})");
    EXPECT_EQ(array_literal(std::vector<std::string>{}), "{}");
    EXPECT_EQ(array_literal(std::vector<std::optional<std::string>>{"x", std::nullopt}), R"({"x",NULL})");
    EXPECT_THROW(array_literal(std::vector<std::string>{std::string("a\0b", 3)}), std::invalid_argument);
}

TEST(ArrayLiteral, ReadsWhatItWrote) {
    std::vector<std::optional<std::string>> const elements{"a", "b \"c\"", "d\\e",      "{,}",
                                                           "",  "NULL",    std::nullopt};
    EXPECT_EQ(parse_array(array_literal(elements)), elements);
    EXPECT_TRUE(parse_array("{}").empty());
    EXPECT_EQ(parse_array("{1,22,NULL}"), (std::vector<std::optional<std::string>>{"1", "22", std::nullopt}));
}

TEST(ArrayLiteral, RefusesWhatIsNoArray) {
    for (auto const* text : {"", "{", "a", "{a", "{a}b", "{\"a}", "{{a},{b}}", "{a,}", "{\"a\\", "{,a}"})
        EXPECT_THROW(parse_array(text), std::invalid_argument) << text;
}

TEST(ByteaText, HexBothWays) {
    std::vector<std::uint8_t> const bytes{0x00, 0xff, 0x10};
    EXPECT_EQ(to_hex(bytes), "\\x00ff10");
    EXPECT_EQ(from_hex("\\x00ff10"), bytes);
    for (auto const* text : {"00ff", "\\x0", "\\x0g", ""})
        EXPECT_THROW(from_hex(text), std::invalid_argument);
}

TEST(TimestampText, AnyZoneAndFraction) {
    auto const expected = *parse_rfc3339("2026-03-02T01:00:00.120000Z");
    EXPECT_EQ(parse_timestamptz("2026-03-02 01:00:00.12+00"), expected);
    EXPECT_EQ(parse_timestamptz("2026-03-02 09:00:00.12+08"), expected);
    EXPECT_EQ(parse_timestamptz("2026-03-01 20:30:00.12-04:30"), expected);
    EXPECT_THROW(parse_timestamptz("infinity"), std::invalid_argument);
    EXPECT_THROW(parse_timestamptz("2026-03-02"), std::invalid_argument);
}

TEST(ErrorKinds, FollowTheSqlstate) {
    EXPECT_EQ(kind_of("23505"), ErrorKind::unique);
    EXPECT_EQ(kind_of("23503"), ErrorKind::foreign_key);
    EXPECT_EQ(kind_of("23514"), ErrorKind::check);
    EXPECT_EQ(kind_of("40P01"), ErrorKind::serialization);
    EXPECT_EQ(kind_of("57014"), ErrorKind::timeout);
    EXPECT_EQ(kind_of("57P01"), ErrorKind::connection);
    EXPECT_EQ(kind_of("25006"), ErrorKind::connection);
    EXPECT_EQ(kind_of("53100"), ErrorKind::disk_full);
    EXPECT_EQ(kind_of("53300"), ErrorKind::busy);
    EXPECT_EQ(kind_of("22P02"), ErrorKind::bad_data);
    EXPECT_EQ(kind_of("42703"), ErrorKind::other);
}

Fault fault_for(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (...) {
        return fault_from_current_exception();
    }
}

TEST(Faults, SayWhatTheCallerMayDo) {
    auto const of = [](ErrorKind kind, char const* state) {
        return fault_for(std::make_exception_ptr(DbError(kind, state, "some_constraint", "some_query")));
    };
    EXPECT_EQ(of(ErrorKind::unique, "23505").problem, &problem::conflict);
    EXPECT_EQ(of(ErrorKind::unique, "23505").cause, "23505 some_constraint in some_query");
    EXPECT_EQ(of(ErrorKind::connection, "").problem, &problem::unavailable);
    EXPECT_TRUE(of(ErrorKind::connection, "").retry_after);
    EXPECT_EQ(of(ErrorKind::disk_full, "53100").problem, &problem::unavailable);
    EXPECT_EQ(of(ErrorKind::timeout, "55P03").problem, &problem::overloaded);
    EXPECT_EQ(of(ErrorKind::unknown_outcome, "").problem, &problem::outcome_unknown);
    EXPECT_EQ(of(ErrorKind::other, "42703").problem, &problem::internal);
    EXPECT_EQ(fault_for(std::make_exception_ptr(FaultError(fault(problem::too_late)))).problem,
              &problem::too_late);
    EXPECT_EQ(fault_for(std::make_exception_ptr(std::bad_alloc())).problem, &problem::overloaded);
    auto const unknown = fault_for(std::make_exception_ptr(std::runtime_error("张三 110101199003074530")));
    EXPECT_EQ(unknown.problem, &problem::internal);
    EXPECT_EQ(unknown.cause.find("110101"), std::string::npos) << "a value of a request reached the log";
}

}  // namespace
}  // namespace sponsio::db

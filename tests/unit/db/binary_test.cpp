#include "server/db/session.hpp"
#include "tests/support/pg_fixture.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace sponsio::db {
namespace {

using BinaryTest = testing::EmptyPgFixture;
using Bytes = std::vector<std::uint8_t>;

/// Sends a value, lets the server print it, and reads it back.
template <class T>
void round_trip(PgSession& db, BinaryQuery const& query, T const& value, std::string const& printed) {
    auto const rows = db.exec(query, Params(value));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].get<std::string>(1), printed);
    EXPECT_EQ(rows[0].template get<T>(0), value);
}

TEST_F(BinaryTest, EveryTypeMeansTheSameToTheServer) {
    admin().command("SET timezone = 'UTC'");
    static constexpr BinaryQuery i2{"i2", "SELECT $1::int2, $1::text"}, i4{"i4", "SELECT $1::int4, $1::text"},
        i8{"i8", "SELECT $1::int8, $1::text"}, boolean{"boolean", "SELECT $1::bool, $1::text"},
        real{"real", "SELECT $1::float8, $1::text"}, text{"text", "SELECT $1::text, $1::text"},
        uuid{"uuid", "SELECT $1::uuid, $1::text"}, at{"at", "SELECT $1::timestamptz, $1::text"},
        day{"day", "SELECT $1::date, $1::text"}, bytes{"bytes", "SELECT $1::bytea, $1::text"};
    round_trip<std::int16_t>(admin(), i2, -32768, "-32768");
    round_trip<std::int32_t>(admin(), i4, 123456789, "123456789");
    round_trip(admin(), i8, std::numeric_limits<std::int64_t>::min(), "-9223372036854775808");
    round_trip(admin(), boolean, true, "true");
    round_trip(admin(), boolean, false, "false");
    round_trip(admin(), real, -0.25, "-0.25");
    round_trip<std::string>(admin(), text, "阿卜杜拉·买买提 'quoted\\", "阿卜杜拉·买买提 'quoted\\");
    round_trip(admin(), uuid, *Uuid::parse("0190a7c5-6b1e-7cc3-98c4-dc0c0c07398f"),
               "0190a7c5-6b1e-7cc3-98c4-dc0c0c07398f");
    round_trip(admin(), at, *parse_rfc3339("2026-03-02T01:02:03.000004Z"), "2026-03-02 01:02:03.000004+00");
    round_trip(admin(), at, *parse_rfc3339("1969-12-31T23:59:59.999999Z"), "1969-12-31 23:59:59.999999+00");
    round_trip(admin(), day, *parse_iso_date("1949-10-01"), "1949-10-01");
    round_trip(admin(), bytes, Bytes{0, 255, 16}, "\\x00ff10");
    round_trip(admin(), bytes, std::array<std::uint8_t, 2>{1, 2}, "\\x0102");
}

TEST_F(BinaryTest, IdsAndJsonAndNothing) {
    static constexpr BinaryQuery query{"ids",
                                       "SELECT $1::uuid, $2::jsonb, $3::text, $4::int8, $2::jsonb ->> 'a'"};
    TaskId const id{*Uuid::parse("0190a7c5-6b1e-7cc3-98c4-dc0c0c07398f")};
    auto const rows = admin().exec(query, Params(id, Jsonb{R"({"a": "中"})"}, std::optional<std::string>(),
                                                 std::optional<std::int64_t>(5)));
    EXPECT_EQ(rows[0].get<TaskId>(0), id);
    EXPECT_EQ(rows[0].get<Jsonb>(1).text, R"({"a": "中"})");
    EXPECT_EQ(rows[0].get<std::optional<std::string>>(2), std::nullopt);
    EXPECT_EQ(rows[0].get<std::optional<std::int64_t>>(3), 5);
    EXPECT_EQ(rows[0].get<std::string_view>(4), "中");
    EXPECT_THROW((void)rows[0].get<std::string>(2), std::logic_error);
}

TEST_F(BinaryTest, ReadingAsAnotherTypeIsAnError) {
    static constexpr BinaryQuery query{"number", "SELECT 1::int4"};
    auto const rows = admin().exec(query);
    EXPECT_EQ(rows[0].get<std::int32_t>(0), 1);
    EXPECT_THROW((void)rows[0].get<std::int64_t>(0), std::logic_error);
    EXPECT_THROW((void)rows[0].get<std::string>(0), std::logic_error);
    EXPECT_THROW((void)rows[0].get<std::int32_t>(1), std::out_of_range);
    EXPECT_THROW((void)rows[1], std::out_of_range);
}

TEST_F(BinaryTest, ValuesOfOtherTypesThanBeforeAreAnError) {
    static constexpr BinaryQuery query{"typed", "SELECT $1::text"};
    admin().exec(query, Params(std::int64_t{1}));
    EXPECT_THROW(admin().exec(query, Params("one")), std::logic_error);
}

TEST_F(BinaryTest, ANulInATextIsRefused) {
    static constexpr BinaryQuery query{"nul", "SELECT $1::text"};
    try {
        admin().exec(query, Params(std::string("ab\0cd", 5)));
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::bad_data);
    }
}

TEST_F(BinaryTest, ABatchOfColumnsByUnnest) {
    admin().command(
        "CREATE TABLE leaf (n bigint PRIMARY KEY, digest bytea NOT NULL, label text, at timestamptz)");
    static constexpr BinaryQuery insert{"insert_leaves",
                                        "INSERT INTO leaf SELECT * FROM unnest($1::int8[], $2::bytea[], "
                                        "$3::text[], $4::timestamptz[]) RETURNING n"};
    Array<std::int64_t> numbers;
    Array<Bytes> digests;
    Array<std::string> labels;
    Array<Instant> times;
    Instant const at = *parse_rfc3339("2026-03-02T01:02:03Z");
    for (std::int64_t n = 0; n != 1000; ++n) {
        numbers.push(n);
        digests.push(Bytes(32, static_cast<std::uint8_t>(n)));
        labels.push(n % 2 == 0 ? std::optional<std::string>("even, \"quoted\"") : std::nullopt);
        times.push(at + std::chrono::microseconds(n));
    }
    ASSERT_EQ(numbers.size(), digests.size());
    auto const stored = admin().exec(insert, Params(numbers, digests, labels, times));
    EXPECT_EQ(stored.size(), 1000U);
    EXPECT_EQ(stored.affected(), 1000);
    static constexpr BinaryQuery read{"read_leaf", "SELECT digest, label, at FROM leaf WHERE n = $1"};
    auto const row = admin().exec(read, Params(std::int64_t{999}));
    EXPECT_EQ(row[0].get<Bytes>(0), Bytes(32, static_cast<std::uint8_t>(999 % 256)));
    EXPECT_TRUE(row[0].is_null(1));
    EXPECT_EQ(row[0].get<Instant>(2), at + std::chrono::microseconds(999));
}

TEST_F(BinaryTest, ArraysComeBack) {
    static constexpr BinaryQuery query{"arrays", "SELECT $1::text[], $2::int8[], array[1, null]::int4[]"};
    Array<std::string> texts;
    texts.push("a");
    texts.push("");
    auto const rows = admin().exec(query, Params(texts, Array<std::int64_t>()));
    EXPECT_EQ(rows[0].get_array<std::string>(0), (std::vector<std::string>{"a", ""}));
    EXPECT_TRUE(rows[0].get_array<std::int64_t>(1).empty());
    EXPECT_THROW((void)rows[0].get_array<std::int32_t>(2), std::logic_error);
}

}  // namespace
}  // namespace sponsio::db

#include "server/base/time.hpp"

#include <gtest/gtest.h>

namespace sponsio {
namespace {

using namespace std::chrono;

TEST(Rfc3339, WritesMicrosecondsInUtc) {
    Instant const t = sys_days{2026y / 3 / 2} + hours{1} + microseconds{7};
    EXPECT_EQ(to_rfc3339(t), "2026-03-02T01:00:00.000007Z");
    EXPECT_EQ(to_rfc3339(Instant{sys_days{1969y / 12 / 31}} - microseconds{1}),
              "1969-12-30T23:59:59.999999Z");
}

TEST(Rfc3339, ReadsWhatItWritesAndOtherZones) {
    Instant const t = sys_days{2026y / 3 / 2} + hours{1};
    EXPECT_EQ(parse_rfc3339("2026-03-02T01:00:00Z"), t);
    EXPECT_EQ(parse_rfc3339("2026-03-02t09:00:00.0+08:00"), t);
    EXPECT_EQ(parse_rfc3339("2026-03-01T21:30:00-03:30"), t);
    EXPECT_EQ(parse_rfc3339("2026-03-02T01:00:00.123456789Z"), t + microseconds{123456});
    EXPECT_EQ(parse_rfc3339(to_rfc3339(t + microseconds{42})), t + microseconds{42});
}

TEST(Rfc3339, RefusesWhatIsNoInstant) {
    for (char const* text :
         {"", "2026-03-02", "2026-03-02T01:00:00", "2026-03-02 01:00:00Z", "2026-02-30T01:00:00Z",
          "2026-03-02T24:00:00Z", "2026-03-02T01:60:00Z", "2026-03-02T01:00:61Z", "2026-03-02T01:00:00.Z",
          "2026-03-02T01:00:00.x1Z", "2026-03-02T01:00:00+0800", "2026-03-02T01:00:00+08:60",
          "2026-03-02T01:00:00Z ", "2026-03-02T01:00:00.1234567890Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(IsoDate, KnowsTheCalendar) {
    EXPECT_EQ(parse_iso_date("2024-02-29"), Date(2024y / 2 / 29));
    for (char const* text :
         {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "20260101", "2026-01-01T", "２０２６-01-01"})
        EXPECT_FALSE(parse_iso_date(text)) << text;
    EXPECT_EQ(to_iso(2026y / 1 / 5), "2026-01-05");
}

TEST(ChinaDate, TurnsAtFourInTheAfternoonUtc) {
    Instant const last = sys_days{2026y / 3 / 2} + hours{16} - microseconds{1};
    EXPECT_EQ(china_date(last), Date(2026y / 3 / 2));
    EXPECT_EQ(china_date(last + microseconds{1}), Date(2026y / 3 / 3));
    EXPECT_EQ(china_midnight(2026y / 3 / 3), last + microseconds{1});
}

}  // namespace
}  // namespace sponsio

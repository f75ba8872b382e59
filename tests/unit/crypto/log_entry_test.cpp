#include "crypto/log/entry.hpp"
#include "text/json.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

LogEntry const entry{std::string(log_kind::commitment), "2026-03-02T01:00:00.000000Z",
                     sha256(as_bytes("abc"))};
constexpr std::string_view entry_text =
    R"({"digest":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","kind":"commitment",)"
    R"("time":"2026-03-02T01:00:00.000000Z"})";

TEST(LogEntry, IsCanonicalJson) {
    EXPECT_EQ(entry.text(), entry_text);
    EXPECT_EQ(json::canonical(json::parse(entry_text).value()), entry_text);
    EXPECT_EQ(LogEntry::parse(as_bytes(entry_text)).value(), entry);
}

TEST(LogEntry, TakesEveryKindAndTimeOfTheRightForm) {
    for (std::string_view const kind :
         {log_kind::commitment, log_kind::record, log_kind::status, log_kind::draw, log_kind::rules,
          log_kind::key, std::string_view("not-yet-known")})
        for (char const* const time :
             {"2026-03-02T01:00:00Z", "2026-03-02T01:00:00.1Z", "2024-02-29T23:59:59.999999999Z"}) {
            LogEntry const one{std::string(kind), time, {}};
            EXPECT_EQ(LogEntry::parse(as_bytes(one.text())).value(), one) << one.text();
        }
}

TEST(LogEntry, RefusesOtherKinds) {
    for (char const* const kind : {"", "Record", "a b", "-a", "a-", "a--b", "a_b", "k1", "\"", "记录",
                                   "abcdefghijabcdefghijabcdefghijabc"}) {
        LogEntry wrong = entry;
        wrong.kind = kind;
        EXPECT_THROW((void)wrong.text(), Failure) << kind;
    }
}

TEST(LogEntry, RefusesOtherTimes) {
    for (char const* const time : {"",
                                   "Z",
                                   "2026-03-02",
                                   "2026-03-02T01:00:00",
                                   "2026-03-02T01:00:00.Z",
                                   "2026-03-02T01:00:00.0000000000Z",
                                   "2026-03-02T01:00:00z",
                                   "2026-03-02t01:00:00Z",
                                   "2026-03-02 01:00:00Z",
                                   "2026-03-02T01:00:00+00:00",
                                   "2026-02-29T01:00:00Z",
                                   "2026-13-02T01:00:00Z",
                                   "2026-00-02T01:00:00Z",
                                   "2026-03-00T01:00:00Z",
                                   "2026-03-02T24:00:00Z",
                                   "2026-03-02T01:60:00Z",
                                   "2026-03-02T01:00:60Z",
                                   "2026-03-02T01:00:00,5Z",
                                   "2026-03-02T01:00:00.5ZZ",
                                   "2026-03-02T01:00:00.x5Z",
                                   "+026-03-02T01:00:00Z",
                                   "2026-3-2T01:00:00Z"}) {
        LogEntry wrong = entry;
        wrong.time = time;
        EXPECT_THROW((void)wrong.text(), Failure) << time;
    }
}

TEST(LogEntry, RefusesEveryOtherSpelling) {
    std::string const good(entry_text);
    auto const with = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    for (std::string const& text : std::vector<std::string>{
             "",
             "{}",
             "[]",
             "null",
             good + "\n",
             " " + good,
             with(":", ": "),
             with("ba78", "BA78"),
             with("ba78", "ba7"),
             with("ba78", "ba7816"),
             with("ba78", "xx78"),
             with("\"kind\":\"commitment\"", "\"kind\":1"),
             with("commitment", "Commitment"),
             with("commitment", ""),
             with("commitment", "commit\\u006dent"),
             with("\"kind\":\"commitment\",", ""),
             with("\"time\"", "\"extra\":\"x\",\"time\""),
             with("\"time\"", "\"kind\":\"commitment\",\"time\""),
             with("T01", "T25"),
             with("00Z", "00+00:00"),
             good.substr(0, good.size() - 1),
             R"({"kind":"key","digest":")" + to_hex(entry.digest) + R"(","time":"2026-03-02T01:00:00Z"})"})
        EXPECT_EQ(LogEntry::parse(as_bytes(text)).error().code, malformed_log_entry) << text;
}

}  // namespace
}  // namespace sponsio::crypto

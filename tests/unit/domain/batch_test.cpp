#include "server/domain/batch.hpp"

#include "tests/support/report_lines.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace sponsio::domain {
namespace {

using sponsio::testing::manifest_of;
using sponsio::testing::report_line_of;

std::string golden(std::string const& name) {
    std::ifstream in(std::string(SPONSIO_GOLDEN) + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string records() {
    return join_lines({report_line(report_line_of().to_json())});
}

BatchManifest manifest() {
    return manifest_of(records(), 1, "XjDlNWWjKm3zbn1ZSaTEDkhKhVCTi8G5dxDd-bMrOpg");
}

std::string slug_of(Outcome<BatchManifest> const& outcome) {
    return outcome ? "ok" : std::string(outcome.error().problem->slug);
}

/// The golden manifest with one piece of its text replaced.
std::string changed(std::string const& from, std::string const& to) {
    std::string text = manifest().bytes();
    std::size_t const at = text.find(from);
    if (at == std::string::npos) throw std::invalid_argument(from);
    return text.replace(at, from.size(), to);
}

TEST(BatchNumber, IsUnitDayAndSerial) {
    EXPECT_EQ(batch_no("91350100M000100Y30", std::chrono::year{2026} / 1 / 5, 7),
              "91350100M000100Y30-20260105-000007");
    EXPECT_TRUE(is_exchange_number(batch_no("91350100M000100Y30", std::chrono::year{2026} / 1 / 5, 999'999)));
    EXPECT_FALSE(is_exchange_number("") || is_exchange_number("a b") || is_exchange_number("a/b") ||
                 is_exchange_number(std::string(65, 'a')) || is_exchange_number("承诺"));
}

TEST(BatchManifest, IsWrittenAsDocumented) {
    EXPECT_EQ(manifest().bytes() + "\n", golden("manifest.json"));
}

TEST(BatchManifest, ReadsBackToTheSame) {
    auto const read = BatchManifest::parse(manifest().bytes());
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, manifest());
}

TEST(BatchManifest, HasOneSpelling) {
    EXPECT_EQ(slug_of(BatchManifest::parse(manifest().bytes() + "\n")), "invalid");
    EXPECT_EQ(slug_of(BatchManifest::parse(changed("{\"batch_no\"", "{ \"batch_no\""))), "invalid");
}

TEST(BatchManifest, RefusesWhatItCannotVouchFor) {
    EXPECT_EQ(slug_of(BatchManifest::parse("[]")), "invalid");
    EXPECT_EQ(slug_of(BatchManifest::parse("{")), "bad-json");
    EXPECT_EQ(slug_of(BatchManifest::parse(changed("1234567812345678", "8765432187654321"))), "invalid");
    EXPECT_EQ(slug_of(BatchManifest::parse(changed("SM2-with-SM3", "SM2-with-SHA256"))), "invalid");
    EXPECT_EQ(slug_of(BatchManifest::parse(changed("\"record_count\":1", "\"record_count\":0"))), "invalid");
    EXPECT_EQ(slug_of(BatchManifest::parse(changed("\"receiver\":", "\"recipient\":"))), "invalid");
}

TEST(BatchLines, AreJoinedAndSplit) {
    EXPECT_EQ(join_lines({"{}", "[]"}), "{}\n[]\n");
    auto const lines = split_lines("{}\n[]\n");
    ASSERT_TRUE(lines);
    EXPECT_EQ(*lines, (std::vector<std::string_view>{"{}", "[]"}));
    EXPECT_FALSE(split_lines("{}"));
    EXPECT_FALSE(split_lines("{}\n\n"));
    EXPECT_TRUE(split_lines("")->empty());
}

TEST(BatchBody, CarriesEveryByte) {
    BatchBytes const bytes{manifest().bytes(), records(), std::string("\x30\x45\x00\xff\n", 5)};
    auto const read = BatchBytes::parse_body(bytes.body());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->manifest, bytes.manifest);
    EXPECT_EQ(read->records, bytes.records);
    EXPECT_EQ(read->signature, bytes.signature);
}

TEST(BatchBody, NamesAllThatIsWrong) {
    auto const read = BatchBytes::parse_body(R"({"manifest":7,"signature":"*","more":1})");
    ASSERT_FALSE(read);
    std::vector<std::string> pointers;
    for (FieldError const& field : read.error().fields) pointers.push_back(field.pointer);
    EXPECT_EQ(pointers, (std::vector<std::string>{"/manifest", "/records", "/signature", "/more"}));
    EXPECT_EQ(BatchBytes::parse_body("[1]").error().problem, &problem::invalid);
    EXPECT_EQ(BatchBytes::parse_body("{\"a\":1,\"a\":2}").error().problem, &problem::bad_json);
}

BatchAnswer answer() {
    return {.batch_no = manifest().batch_no,
            .received_at = manifest().created_at,
            .digest_sm3 = manifest().digest_sm3,
            .records = {{"r-1", true, {}},
                        {"r-2", false, {report_error("accept_unit", report_reason::unit_name_mismatch)}}}};
}

TEST(BatchAnswer, ReadsBackWithItsReasons) {
    auto const read = BatchAnswer::parse(json::write(answer().to_json()));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->records.size(), 2u);
    EXPECT_TRUE(read->records[0].accepted);
    ASSERT_EQ(read->records[1].errors.size(), 1u);
    EXPECT_EQ(read->records[1].errors[0].code, "unit_name_mismatch");
    EXPECT_EQ(read->records[1].errors[0].field, "accept_unit");
    EXPECT_NE(read->records[1].errors[0].message.zh.find("登记的名称不一致 / accept_unit is not the name"),
              std::string::npos);
    // What came in is shown as it came.
    EXPECT_EQ(errors_json(read->records[1].errors), errors_json(answer().records[1].errors));
}

TEST(BatchAnswer, AnswersOneBatchOnly) {
    std::vector<std::string> const numbers{"r-2", "r-1"};
    EXPECT_TRUE(answer().answers(manifest(), numbers));
    BatchAnswer other = answer();
    other.batch_no += "1";
    EXPECT_FALSE(other.answers(manifest(), numbers));
    other = answer();
    other.digest_sm3[0] ^= 1;
    EXPECT_FALSE(other.answers(manifest(), numbers));
    other = answer();
    other.records.pop_back();
    EXPECT_FALSE(other.answers(manifest(), numbers)) << "a record without a verdict";
    other = answer();
    other.records[0].record_no = "r-2";
    EXPECT_FALSE(other.answers(manifest(), numbers)) << "one judged twice";
    EXPECT_FALSE(answer().answers(manifest(), {"r-1", "r-2", "r-3"}));
    EXPECT_FALSE(answer().answers(manifest(), {"r-1"}));
}

TEST(BatchAnswer, IsRefusedIfItContradictsItself) {
    std::string const good = json::write(answer().to_json());
    auto const with = [&](std::string const& from, std::string const& to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    EXPECT_TRUE(BatchAnswer::parse(good));
    EXPECT_FALSE(BatchAnswer::parse(with("accepted", "rejected"))) << "rejected without a reason";
    EXPECT_FALSE(BatchAnswer::parse(with("\"rejected\"", "\"accepted\""))) << "accepted with a reason";
    EXPECT_FALSE(BatchAnswer::parse(with("\"accepted\"", "\"perhaps\"")));
    EXPECT_FALSE(BatchAnswer::parse("<html>"));
    EXPECT_FALSE(BatchAnswer::parse(""));
}

}  // namespace
}  // namespace sponsio::domain

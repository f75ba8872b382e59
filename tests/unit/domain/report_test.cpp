#include "server/domain/report.hpp"

#include "tests/support/report_lines.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace sponsio::domain {
namespace {

using sponsio::testing::report_line_of;

Date const today{std::chrono::year{2026} / 10 / 16};

Regions const& regions() {
    static Regions const known = Regions::from_resources().value();
    return known;
}

std::string golden(std::string const& name) {
    std::ifstream in(std::string(SPONSIO_GOLDEN) + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A good line with members replaced; null stands for empty.
Json line_with(std::vector<std::pair<std::string, Json>> const& members) {
    Json line = report_line_of().to_json();
    for (auto const& [name, value] : members) line.as_object().set(name, value);
    return line;
}

/// "code field", sorted.
std::multiset<std::string> errors_of(Json const& line) {
    std::multiset<std::string> found;
    for (ReportError const& e : check_report_line(line, regions(), today)) {
        EXPECT_FALSE(e.message.zh.empty() || e.message.en.empty()) << e.code;
        EXPECT_TRUE(e.reason);
        found.insert(e.code + " " + e.field);
    }
    return found;
}

using Errors = std::multiset<std::string>;

TEST(ReportLine, IsWrittenAsTheTemplateSays) {
    EXPECT_EQ(report_line(report_line_of().to_json()) + "\n", golden("line.jsonl"));
}

TEST(ReportLine, HasTheTwentyFieldsOfTheTemplateAndFiveOfTheExchange) {
    EXPECT_EQ(report_line_of().to_json().as_object().size(), 25u);
}

TEST(ReportCheck, AcceptsAGoodLine) {
    EXPECT_EQ(errors_of(report_line_of().to_json()), Errors{});
}

struct Case {
    std::string name;
    std::vector<std::pair<std::string, Json>> members;
    Errors errors;
};

class ReportField : public ::testing::TestWithParam<Case> {};

TEST_P(ReportField, IsHeldToItsRule) {
    EXPECT_EQ(errors_of(line_with(GetParam().members)), GetParam().errors);
}

std::string many(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i != count; ++i) text += "诺";
    return text;
}

Json const none;

std::vector<Case> cases() {
    std::vector<Case> list;
    // Required.
    for (char const* field : {"schema_version", "record_no", "op", "record_id", "commitment_code",
                              "committer_name", "committer_kind", "committer_id_type", "committer_id",
                              "commitment_type", "reason", "content", "breach_liability", "commitment_date",
                              "performance_status", "accept_unit", "accept_unit_uscc", "publication_type"}) {
        list.push_back(
            {std::string("missing_") + field, {{field, none}}, {std::string("required ") + field}});
        list.push_back({std::string("blank_") + field, {{field, " "}}, {std::string("empty ") + field}});
        list.push_back({std::string("number_") + field, {{field, 7}}, {std::string("wrong_type ") + field}});
    }
    // Lengths in code points: the longest that fits, and one more.
    for (auto const& [field, longest] : {std::pair{"committer_name", 200},
                                         {"reason", 512},
                                         {"content", 4000},
                                         {"breach_liability", 4000},
                                         {"unperformed_content", 4000},
                                         {"breach_action", 4000},
                                         {"performance_unit", 200},
                                         {"accept_unit", 200},
                                         {"remarks", 512}}) {
        auto const n = static_cast<std::size_t>(longest);
        list.push_back({std::string("longest_") + field, {{field, many(n)}}, {}});
        list.push_back(
            {std::string("longer_") + field, {{field, many(n + 1)}}, {std::string("too_long ") + field}});
        list.push_back(
            {std::string("control_") + field, {{field, "a\x01z"}}, {std::string("bad_character ") + field}});
    }
    // Enumerations.
    for (char const* field : {"op", "committer_kind", "committer_id_type", "commitment_type",
                              "performance_status", "publication_type"})
        list.push_back(
            {std::string("unknown_") + field, {{field, "别的"}}, {std::string("unknown_value ") + field}});
    list.push_back({"schema", {{"schema_version", "0.9"}}, {"unknown_schema_version schema_version"}});
    list.push_back({"record_id", {{"record_id", "12345"}}, {"bad_format record_id"}});
    list.push_back({"record_no_slash", {{"record_no", "a/b"}}, {"bad_character record_no"}});
    list.push_back({"record_no_long", {{"record_no", std::string(65, 'a')}}, {"too_long record_no"}});
    list.push_back({"record_no_longest", {{"record_no", std::string(64, 'a')}}, {}});
    list.push_back({"stranger", {{"credit_score", "7"}}, {"unknown_field credit_score"}});
    // Optional ones may be empty.
    for (char const* field : {"valid_until", "performance_date", "performance_unit", "performance_unit_uscc"})
        list.push_back({std::string("empty_") + field, {{field, none}}, {}});
    // By performance.
    list.push_back({"unfulfilled_without_content",
                    {{"unperformed_content", none}},
                    {"required_unless_fulfilled unperformed_content"}});
    list.push_back({"partly_without_action",
                    {{"performance_status", "部分履行"}, {"breach_action", none}},
                    {"required_unless_fulfilled breach_action"}});
    list.push_back({"fulfilled_with_both",
                    {{"performance_status", "全部履行"}},
                    {"empty_if_fulfilled breach_action", "empty_if_fulfilled unperformed_content"}});
    list.push_back(
        {"fulfilled",
         {{"performance_status", "全部履行"}, {"unperformed_content", none}, {"breach_action", none}},
         {}});
    list.push_back({"other_unnamed", {{"commitment_type", "其他"}}, {"other_needs_remarks remarks"}});
    list.push_back({"other_named", {{"commitment_type", "其他"}, {"remarks", "联合惩戒型"}}, {}});
    // The code of the commitment.
    auto const code = [&](std::string name, char const* value, Errors errors) {
        list.push_back({"code_" + std::move(name), {{"commitment_code", value}}, std::move(errors)});
    };
    code("short", "1101052026030200001", {"bad_format commitment_code"});
    code("letters", "1101052026030200000A", {"bad_format commitment_code"});
    code("serial_0", "11010520260302000000", {"bad_format commitment_code"});
    code("no_day", "11010520260230000001", {"impossible_date commitment_code"});
    code("other_day", "11010520260303000001", {"date_mismatch commitment_date"});
    code("no_region", "99010520260302000001", {"unknown_region commitment_code"});
    // Xuanwu district (110104) went into Xicheng in 2010.
    code("old_region", "11010420260302000001", {"unknown_region commitment_code"});
    // Dates.
    list.push_back({"date_form", {{"commitment_date", "20260302"}}, {"bad_format commitment_date"}});
    list.push_back({"date_none", {{"commitment_date", "2026-02-30"}}, {"impossible_date commitment_date"}});
    list.push_back({"date_future",
                    {{"commitment_date", "2026-10-17"},
                     {"commitment_code", "11010520261017000001"},
                     {"performance_date", none}},
                    {"in_future commitment_date"}});
    list.push_back({"valid_before", {{"valid_until", "2026-03-01"}}, {"before_commitment valid_until"}});
    list.push_back(
        {"performed_before", {{"performance_date", "2026-03-01"}}, {"before_commitment performance_date"}});
    list.push_back(
        {"performed_future", {{"performance_date", "2026-10-17"}}, {"in_future performance_date"}});
    list.push_back({"performed_today", {{"performance_date", "2026-10-16"}}, {}});
    // Who promised.
    auto const committer = [&](std::string name, char const* kind, char const* type, char const* id,
                               Errors errors) {
        list.push_back({"committer_" + std::move(name),
                        {{"committer_kind", kind}, {"committer_id_type", type}, {"committer_id", id}},
                        std::move(errors)});
    };
    committer("check_x", "自然人", "居民身份证", "11010519491231002X", {});
    committer("lower_x", "自然人", "居民身份证", "11010519491231002x", {"bad_format committer_id"});
    committer("wrong_check", "自然人", "居民身份证", "110105194912310021", {"check_digit committer_id"});
    committer("birthday", "自然人", "居民身份证", "110105194913310022", {"impossible_date committer_id"});
    committer("legacy", "自然人", "居民身份证", "110105491231002", {"bad_format committer_id"});
    committer("passport", "自然人", "护照", "E12345678", {});
    committer("passport_long", "自然人", "护照", "E123456789012345678", {"too_long committer_id"});
    committer("uscc_0", "法人及非法人组织", "统一社会信用代码", "91350100M000100Y30", {});
    committer("uscc_wrong", "法人及非法人组织", "统一社会信用代码", "91350100M000100Y31", {});
    committer("uscc_letter", "法人及非法人组织", "统一社会信用代码", "91350100I000100Y30",
              {"bad_format committer_id"});
    committer("trader", "个体工商户", "统一社会信用代码", "92350100M000100Y40", {});
    committer("person_with_uscc", "自然人", "统一社会信用代码", "91350100M000100Y30",
              {"wrong_for_kind committer_id_type"});
    committer("company_with_id", "法人及非法人组织", "居民身份证", "11010519491231002X",
              {"wrong_for_kind committer_id_type"});
    list.push_back({"name_marks", {{"committer_name", "张\u200B三"}}, {"bad_character committer_name"}});
    // Units.
    for (char const* field : {"accept_unit_uscc", "performance_unit_uscc"}) {
        list.push_back({std::string("check_") + field, {{field, "111101050000000192"}}, {}});
        list.push_back(
            {std::string("form_") + field, {{field, "1111010500"}}, {std::string("bad_format ") + field}});
        list.push_back({std::string("check0_") + field, {{field, "91350100M000100Y30"}}, {}});
        list.push_back({std::string("lower_") + field,
                        {{field, "91350100m000100y30"}},
                        {std::string("bad_format ") + field}});
    }
    return list;
}

INSTANTIATE_TEST_SUITE_P(Every, ReportField, ::testing::ValuesIn(cases()),
                         [](auto const& info) { return info.param.name; });

TEST(ReportCheck, TellsEverythingAtOnce) {
    EXPECT_EQ(errors_of(line_with({{"reason", none},
                                   {"committer_id", "110105194912310021"},
                                   {"op", "drop"},
                                   {"accept_unit_uscc", "1111010500"}})),
              (Errors{"required reason", "check_digit committer_id", "unknown_value op",
                      "bad_format accept_unit_uscc"}));
}

TEST(ReportCheck, TakesNothingButAnObject) {
    EXPECT_EQ(errors_of(Json("line")), Errors{"not_json "});
    EXPECT_EQ(errors_of(Json(JsonObject{})).size(), 18u);
}

TEST(ReportCheck, NamesTheFieldAsTheTemplateDoes) {
    auto const errors = check_report_line(line_with({{"accept_unit", none}}), regions(), today);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].message.zh, "承诺受理单位：必填");
    EXPECT_EQ(errors[0].message.en, "accept_unit is required");
}

TEST(ReportWords, CoverEveryDocument) {
    EXPECT_EQ(word(reported_type_of(DocumentType::citizen_id)), "居民身份证");
    EXPECT_EQ(word(reported_type_of(DocumentType::uscc)), "统一社会信用代码");
    EXPECT_EQ(word(reported_type_of(DocumentType::passport)), "护照");
    EXPECT_EQ(word(reported_type_of(DocumentType::hkmt_residence_permit)), "港澳台居民居住证");
    EXPECT_EQ(word(reported_type_of(DocumentType::hk_macao_travel_permit)), "港澳居民来往内地通行证");
    EXPECT_EQ(word(reported_type_of(DocumentType::taiwan_travel_permit)), "台湾居民来往大陆通行证");
    EXPECT_EQ(word(reported_type_of(DocumentType::foreigner_permanent_residence)), "外国人永久居留身份证");
}

TEST(ReportCorrection, LeavesTheSubjectAlone) {
    for (std::string_view field : correctable_fields()) {
        EXPECT_FALSE(report_field_name(field).empty()) << field;
        EXPECT_FALSE(field.starts_with("committer") || field == "commitment_code" || field == "record_id");
    }
}

}  // namespace
}  // namespace sponsio::domain

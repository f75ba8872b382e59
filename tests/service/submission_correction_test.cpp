#include "tests/service/record_world.hpp"
#include "tests/service/submission_world.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::Correction;
using service::ReportService;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

constexpr char const* registered_name = "示例区住房保障事务中心";

class Corrections : public SubmissionWorld {
  protected:
    /// A report that the platform rejected: it knows the agency by another name.
    std::string rejected() {
        register_units(registered_name);
        std::string const number = queue_reports(1).at(0);
        auto const sender = delivery(*road);
        run(*sender);
        EXPECT_THAT(states(), ElementsAre("rejected"));
        return number;
    }

    Outcome<Json> correct(std::string const& number, Correction correction,
                          std::string const& who = "supervisor") {
        return await(reports->correct(as(who), batches().at(0).batch_no, number, std::move(correction)));
    }

    static Correction right() {
        return {{{"accept_unit", registered_name}, {"performance_unit", registered_name}},
                "单位名称以平台登记为准"};
    }
};

TEST_F(Corrections, ShowWhatThePlatformSaid) {
    std::string const number = rejected();
    Json const record = view(batches().at(0).batch_no).at("records").as_array().at(0);
    EXPECT_EQ(record.at("record_no").as_string(), number);
    EXPECT_EQ(record.at("state").as_string(), "rejected");
    std::vector<std::string> said;
    for (Json const& error : record.at("errors").as_array())
        said.push_back(error.at("code").as_string() + " " + error.at("field").as_string());
    EXPECT_THAT(said, ElementsAre("unit_name_mismatch performance_unit", "unit_name_mismatch accept_unit"));
    EXPECT_THAT(copies(), IsEmpty());
}

TEST_F(Corrections, GoOutInANewBatchAndAreAccepted) {
    std::string const number = rejected();
    auto const again = correct(number, right());
    ASSERT_TRUE(again);
    std::string const next = again->at("record_no").as_string();
    EXPECT_EQ(again->at("attempt").as_int(), 2);
    EXPECT_EQ(again->at("state").as_string(), "queued");
    EXPECT_EQ(again->at("why").as_string(), "单位名称以平台登记为准");
    EXPECT_EQ(next, number.substr(0, number.size() - 1) + "2");
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_THAT(states(), ElementsAre("rejected", "accepted"));
    ASSERT_EQ(batches().size(), 2u);
    EXPECT_EQ(copies(), std::set<std::string>{number.substr(0, number.size() - 2)});
    auto const line = domain::parse_json(part(batches()[1].batch_no, ReportService::Part::records)).value();
    EXPECT_EQ(line.at("accept_unit").as_string(), registered_name);
    EXPECT_EQ(line.at("record_no").as_string(), next);
    EXPECT_EQ(moves(next).at(0), ">queued");
}

TEST_F(Corrections, AreCheckedBeforeTheyGo) {
    std::string const number = rejected();
    EXPECT_EQ(said(correct(number, {{{"accept_unit_uscc", "111101050000000192"}}, "x"})),
              "invalid /fields/accept_unit_uscc");
    EXPECT_EQ(
        said(correct(number, {{{"unperformed_content", " "}, {"remarks", std::string(513, 'a')}}, "x"})),
        "invalid /fields/unperformed_content /fields/remarks");
    EXPECT_THAT(states(), SizeIs(1));
}

TEST_F(Corrections, HappenOnce) {
    std::string const number = rejected();
    EXPECT_EQ(said(correct(number, right())), "ok");
    EXPECT_EQ(said(correct(number, right())), "wrong-step");
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_EQ(said(correct(number, right())), "wrong-step");
    EXPECT_THAT(states(), ElementsAre("rejected", "accepted"));
}

TEST_F(Corrections, AreNobodyElsesBusiness) {
    std::string const number = rejected();
    EXPECT_EQ(said(correct(number, right(), "stranger")), "not-found");
    EXPECT_EQ(said(correct(number + "0", right())), "not-found");
    std::string const batch = batches().at(0).batch_no;
    EXPECT_EQ(said(await(reports->batch(as("stranger"), batch))), "not-found");
    EXPECT_EQ(said(await(reports->part(as("stranger"), batch, ReportService::Part::records))), "not-found");
    EXPECT_THAT(await(reports->list(as("stranger"), "", 50))->items, IsEmpty());
    EXPECT_THAT(await(reports->list(as("supervisor"), "", 50))->items, SizeIs(1));
    EXPECT_EQ(said(await(reports->correct(as("supervisor"), "another-batch", number, right()))), "not-found");
    EXPECT_EQ(said(await(reports->correct(as("supervisor"), std::nullopt, number, right()))), "not-found");
}

TEST_F(Corrections, OfWhatIsNotRejectedAreRefused) {
    std::string const number = queue_reports(1).at(0);
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_EQ(said(correct(number, right())), "wrong-step");
}

TEST_F(Corrections, AreReadStrictly) {
    auto const read = [](char const* text) {
        return domain::decode(domain::parse_json(text).value(), Correction::read);
    };
    EXPECT_EQ(said(read(R"({"fields":{"accept_unit":"a"},"why":"b"})")), "ok");
    EXPECT_EQ(said(read(R"({"fields":{"committer_id":"a"},"why":"b"})")),
              "invalid /fields /fields/committer_id");
    EXPECT_EQ(said(read(R"({"fields":{},"why":"b"})")), "invalid /fields");
    EXPECT_EQ(said(read(R"({"fields":{"reason":"a"}})")), "invalid /why");
    EXPECT_EQ(said(read(R"({"fields":{"reason":"a"},"why":"b","c":1})")), "invalid /c");
}

TEST_F(Corrections, OfOurOwnCheckNeedNoBatch) {
    auto const numbers =
        queue_reports(1, [](domain::ReportLine& line) { line.reason = std::string(513, 'a'); });
    EXPECT_THAT(states(), ElementsAre("rejected"));
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_THAT(road->calls, IsEmpty());
    auto const held = await(reports->held(as("supervisor"), "", 50)).value();
    ASSERT_EQ(held.items.size(), 1u);
    EXPECT_EQ(held.items[0].at("errors").as_array().at(0).at("code").as_string(), "too_long");
    EXPECT_THAT(await(reports->held(as("stranger"), "", 50))->items, IsEmpty());
    auto const again = await(
        reports->correct(as("supervisor"), std::nullopt, numbers[0], {{{"reason", "申请公租房"}}, "过长"}));
    ASSERT_TRUE(again) << said(again);
    run(*sender);
    EXPECT_EQ(copies().size(), 1u);
}

TEST_F(Corrections, ShowTheLastDayAndWhetherItPassed) {
    // The finding took effect on Friday 16 October 2026; seven working days end on Tuesday 27 October.
    std::string const number = queue_one(fresh_line(), china("2026-10-16T00:00:01"));
    auto const sender = delivery(*road);
    ASSERT_TRUE(sender->gather().value());
    Json record = view(batches().at(0).batch_no).at("records").as_array().at(0);
    EXPECT_EQ(record.at("due_on").as_string(), "2026-10-27");
    EXPECT_EQ(record.at("overdue"), Json(false));
    EXPECT_EQ(record.at("rule").as_string(),
              "submit.record 7 working_days; " + national_pack() + "; cn-2026.1");
    clock.set(china("2026-10-28T00:00:00"));
    EXPECT_EQ(view(batches().at(0).batch_no).at("records").as_array().at(0).at("overdue"), Json(true));
    run(*sender);
    EXPECT_EQ(view(batches().at(0).batch_no).at("records").as_array().at(0).at("overdue"), Json(false));
}

TEST_F(Corrections, SayWhenNoCalendarKnowsTheLastDay) {
    queue_one(fresh_line(), china("2035-12-28T12:00:00"));
    auto const sender = delivery(*road);
    ASSERT_TRUE(sender->gather().value());
    Json const record = view(batches().at(0).batch_no).at("records").as_array().at(0);
    EXPECT_TRUE(record.at("due_on").is_null());
    EXPECT_TRUE(record.at("rule").as_string().ends_with("; unknown")) << record.at("rule").as_string();
}

TEST_F(Corrections, ListGoesPageByPage) {
    queue_reports(5);
    auto const sender = delivery(*road, {.max_records = 1});
    run(*sender);
    std::vector<std::string> seen;
    std::string after;
    for (int pages = 0; pages != 4; ++pages) {
        auto const page = await(reports->list(as("supervisor"), after, 2)).value();
        for (Json const& item : page.items) seen.push_back(item.at("batch_no").as_string());
        if (page.items.empty()) break;
        after = page.last_key;
    }
    std::vector<std::string> all;
    for (auto const& batch : batches()) all.push_back(batch.batch_no);
    EXPECT_EQ(seen, all);
    EXPECT_EQ(said(await(reports->list(as("supervisor"), "no key", 2))), "invalid query:cursor");
}

/// From a finding that took effect to the platform's copy, nothing made up on the way.
class FromFinding : public RecordFixture {};

TEST_F(FromFinding, ARecordIsReportedInTheTransactionThatIssuesIt) {
    auto const regions = domain::Regions::from_resources().value();
    service::ReportQueue const queue(*vault, regions, *rules, *calendar);
    on_issued = [&](db::PgSession& db, service::IssuedRecord const& record) -> Outcome<void> {
        service::RecordToReport const one{record.id, record.opened};
        return queue.queue(db, std::span(&one, 1), clock.now());
    };
    FindingId const finding = effective();
    ASSERT_EQ(round().issued, 1u);
    static constexpr db::BinaryQuery query{
        "test.line", "select record_no, line, wrapped_key, master_key_id, state from submission_record"};
    auto const rows = db().exec(query);
    ASSERT_EQ(rows.size(), 1u);
    std::string const number = rows[0].get<std::string>(0);
    EXPECT_EQ(rows[0].get<std::string>(4), "queued");
    auto const line = vault
                          ->open_json({rows[0].get<store::Bytes>(1), rows[0].get<store::Bytes>(2),
                                       rows[0].get<std::string>(3)},
                                      store::report_label(number))
                          .value();
    auto const text = [&](char const* field) { return line.at(field).as_string(); };
    EXPECT_EQ(text("record_id"), store::record_of_finding(db(), finding)->text());
    EXPECT_EQ(text("record_no"), text("record_id") + "-1");
    EXPECT_EQ(text("op"), "add");
    EXPECT_EQ(text("commitment_code"), filed.code);
    EXPECT_EQ(text("committer_name"), "欧阳示例");
    EXPECT_EQ(text("committer_kind"), "自然人");
    EXPECT_EQ(text("committer_id_type"), "居民身份证");
    EXPECT_EQ(text("committer_id"), "11010519491231002X");
    EXPECT_EQ(text("commitment_type"), "证明事项型");
    EXPECT_EQ(text("reason"), "申请公租房资格确认");
    EXPECT_EQ(text("content"), "本人名下无住房。");
    EXPECT_EQ(text("performance_status"), "全部未履行");
    EXPECT_EQ(text("breach_action"), "撤销公租房资格确认");
    EXPECT_EQ(text("accept_unit_uscc"), agency_uscc);
    EXPECT_EQ(text("performance_unit"), agency_name);
    EXPECT_EQ(text("publication_type"), "不可公开");
    EXPECT_THAT(domain::check_report_line(line, regions, china_date(clock.now())), IsEmpty());
}

}  // namespace
}  // namespace sponsio::testing

#include "server/store/events.hpp"
#include "tests/service/filing_world.hpp"

namespace sponsio::testing {
namespace {

using domain::Coverage;

class CoverageTest : public FilingWorld {
  protected:
    std::string coverage_of(Json const& answer) {
        static constexpr db::BinaryQuery query{
            "test.coverage", "select coalesce(coverage, 'full') from commitment where code = $1"};
        return db().exec(query, db::Params(code_of(answer)))[0].get<std::string>(0);
    }

    static std::string code_of(Json const& answer) { return answer.at("commitment_code").as_string(); }

    std::int64_t alarms() {
        static constexpr db::BinaryQuery query{"test.alarms", "select count(*) from task_alarm"};
        return db().exec(query)[0].get<std::int64_t>(0);
    }

    /// "source/inspectors" of each task, in their order.
    std::vector<std::string> tasks() {
        static constexpr db::BinaryQuery query{
            "test.tasks",
            "select source || '/' || inspectors_needed from verification_task order by task_id"};
        std::vector<std::string> list;
        for (auto const& row : db().exec(query)) list.push_back(row.get<std::string>(0));
        return list;
    }

    static auto covered(Coverage coverage) {
        return [coverage](domain::VerificationPlan& plan) {
            plan.coverage = coverage;
            plan.ratio.reset();
            if (domain::is_drawn(coverage)) plan.ratio = {1, 10};
        };
    }
};

// It was a 500: the version is said to hold on days for which there is no law.
TEST_F(CoverageTest, ADayWithoutARuleIsTheCallersToMend) {
    auto const refused = replan(1, [](domain::MatterVersion& version) {
        covered(Coverage::sampled)(version.verification);
        version.valid_from = std::chrono::year{2019} / 6 / 1;
    });
    EXPECT_EQ(said(refused), "invalid");
    EXPECT_NE(refused.error().detail.en.find(
                  "No rule draw.ratio.ordinary.min is in force for 110105 on 2019-06-01"),
              std::string::npos)
        << refused.error().detail.en;
}

// Nobody could file from the day on which next year's version was entered until the day it came into force.
TEST_F(CoverageTest, AVersionOfALaterDayDoesNotStopTheOneInForce) {
    auto next = version_of("GZF-1", 1);
    next.demanding_unit = "示例区住房保障二中心";
    next.valid_from = std::chrono::year{2026} / 4 / 1;
    ASSERT_EQ(said(add_version("GZF-1", 1, next)), "ok");
    EXPECT_EQ(said(file(fresh_key(), body())), "ok");
    notice = give_notice("GZF-1", 1);
    EXPECT_EQ(said(file(fresh_key(), body("440524188001010014"))), "ok");
    EXPECT_EQ(said(await(matter_service->issue_notice(
                  as("clerk"), fresh_key(),
                  {"GZF-1", 2, domain::NoticeChannel::counter, domain::NoticeLanguage::chinese}))),
              "notice-stale");
    clock.set(china("2026-04-01T09:00:00"));
    notice = give_notice("GZF-1", 2);
    EXPECT_EQ(filed(fresh_key(), body_of("2026-04-01")).at("matter_version").as_int(), 2);
}

TEST_F(CoverageTest, OnADayWithoutAVersionInForceNeitherNoticeNorFilingIsAnErrorInside) {
    auto const from = [&](unsigned month) {
        auto version = version_of("GZF-1", 1);
        version.demanding_unit = "示例区住房保障中心 " + std::to_string(month);
        version.valid_from = std::chrono::year{2026} / std::chrono::month{month} / 1;
        return version;
    };
    auto const given = [&](int version) {
        return await(matter_service->issue_notice(
            as("clerk"), fresh_key(),
            {"LATER-1", version, domain::NoticeChannel::counter, domain::NoticeLanguage::chinese}));
    };
    ASSERT_TRUE(await(matter_service->create(as("clerk"), fresh_key(), "LATER-1", from(6))));
    ASSERT_EQ(said(add_version("LATER-1", 1, from(7))), "ok");
    EXPECT_EQ(said(given(1)), "too-early");
    EXPECT_EQ(said(given(2)), "too-early");
    // A process whose clock is ahead gave the notice; this one is asked to file under it.
    clock.set(china("2026-06-01T09:00:00"));
    notice = json::parse(given(1).value().body).value().at("notice_id").as_string();
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-06-01"))), "ok");
    clock.set(china("2026-05-31T09:00:00"));
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-06-01"))), "invalid /made_on");
}

TEST_F(CoverageTest, LeavesToChanceWithoutATask) {
    int version = 1;
    for (Coverage const coverage : {Coverage::sampled, Coverage::risk_weighted, Coverage::complaint_driven}) {
        ASSERT_EQ(said(replan(version++, covered(coverage))), "ok");
        auto const key = fresh_key();
        auto const first = file(key, body()).value();
        Json const answer = json::parse(first.body).value();
        EXPECT_EQ(answer.at("state").as_string(), "effective");
        EXPECT_TRUE(answer.at("verification").is_null());
        EXPECT_TRUE(answer.at("performance_status").is_null());
        EXPECT_EQ(coverage_of(answer), domain::word(coverage));
        EXPECT_EQ(file(key, body()).value().body, first.body);
    }
    EXPECT_EQ(tasks(), std::vector<std::string>{});
    EXPECT_EQ(alarms(), 0);
}

TEST_F(CoverageTest, ARepetitionSaysTheFirstAnswerAfterADraw) {
    ASSERT_TRUE(replan(1, covered(Coverage::sampled)));
    auto const key = fresh_key();
    auto const first = file(key, body()).value();
    static constexpr db::BinaryQuery draw{
        "test.draw",
        "insert into verification_task (shard, task_id, commitment_code, organisation_id, source, draw_id, "
        "mode, "
        "created_at, due_at, rule) select shard, gen_random_uuid(), code, organisation_id, 'draw', "
        "gen_random_uuid(), 'written', accepted_at + interval '1 day', accepted_at + interval '9 days', 'r' "
        "from commitment"};
    admin().exec(draw);
    EXPECT_EQ(file(key, body()).value().body, first.body);
    Json const now = json::parse(first.body).value();
    auto const shown = await(filing->commitment(as("clerk"), code_of(now))).value();
    EXPECT_FALSE(json::parse(shown.json).value().at("verification").is_null());
}

TEST_F(CoverageTest, ChecksTheFirstOfEachCommitterOnce) {
    ASSERT_TRUE(replan(1, covered(Coverage::first_time)));
    Json const first = filed(fresh_key(), body());
    EXPECT_FALSE(first.at("verification").is_null());
    EXPECT_EQ(coverage_of(first), "first_time");
    EXPECT_TRUE(filed(fresh_key(), body()).at("verification").is_null());
    EXPECT_FALSE(filed(fresh_key(), body(another_number)).at("verification").is_null());
    EXPECT_EQ(tasks(), (std::vector<std::string>{"first_time/1", "first_time/1"}));
}

TEST_F(CoverageTest, FindsTheFirstWithinOneBatchToo) {
    ASSERT_TRUE(replan(1, covered(Coverage::first_time)));
    filing.reset();
    start_filing(1);
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 100; ++i)
        calls.push_back(
            filing->file(as("clerk"), fresh_key(), body(i % 2 ? another_number : "11010519491231002X")));
    for (auto const& outcome : await_all(std::move(calls))) EXPECT_EQ(said(outcome), "ok");
    EXPECT_EQ(count("commitments"), 100);
    EXPECT_EQ(count("tasks"), 2);
}

TEST_F(CoverageTest, AWithdrawnCommitmentIsNoFirstTime) {
    ASSERT_TRUE(replan(1, covered(Coverage::first_time)));
    Json const first = filed(fresh_key(), body());
    ASSERT_TRUE(await(filing->withdraw(as("clerk"), code_of(first), "改为提交证明")));
    ASSERT_TRUE(await(filing->decide_withdrawal(as("supervisor"), code_of(first), {true, "同意"})));
    EXPECT_FALSE(filed(fresh_key(), body()).at("verification").is_null());
}

TEST_F(CoverageTest, ATaskNeedsAsManyInspectorsAsTheMatterSays) {
    ASSERT_TRUE(replan(1, [](domain::VerificationPlan& plan) {
        plan.mode = domain::VerifyMode::on_site;
        plan.inspectors = 3;
    }));
    Json const answer = filed(fresh_key(), body());
    EXPECT_EQ(coverage_of(answer), "full");
    EXPECT_EQ(tasks(), std::vector<std::string>{"deadline/3"});
}

TEST_F(CoverageTest, ARatioOutsideTheBoundsStoresNothing) {
    auto const refused = replan(1, [](domain::VerificationPlan& plan) {
        plan.coverage = Coverage::sampled;
        plan.ratio = {1, 200};
    });
    EXPECT_EQ(said(refused), "ratio-out-of-bounds /verification/ratio");
    EXPECT_NE(refused.error().detail.en.find("1/100 (draw.ratio.ordinary.min; cn-national"),
              std::string::npos)
        << refused.error().detail.en;
    EXPECT_EQ(await(matter_service->in_force(as("clerk"), "GZF-1")).value().at("version").as_int(), 1);
    auto const kept = store::history(db(), "GZF-1");
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(kept[0].event, "refused");
    EXPECT_EQ(kept[0].actor, account("clerk"));
    EXPECT_EQ(kept[0].why.value().substr(0, 20), "ratio-out-of-bounds:");
}

TEST_F(CoverageTest, ManyFilingsArmTheAlarmsOfTheirDayOnce) {
    for (int i = 0; i != 3; ++i) filed(fresh_key(), body());
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 200; ++i) calls.push_back(filing->file(as("clerk"), fresh_key(), body()));
    for (auto const& outcome : await_all(std::move(calls))) EXPECT_EQ(said(outcome), "ok");
    EXPECT_EQ(alarms(), 3);
    clock.advance(std::chrono::days{1});
    Json tomorrow = body();
    tomorrow.as_object().set("made_on", "2026-03-03");
    filed(fresh_key(), tomorrow);
    EXPECT_EQ(alarms(), 6);
}

}  // namespace
}  // namespace sponsio::testing

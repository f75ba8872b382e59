#include "server/service/filing/eligibility.hpp"
#include "server/service/tasks/clock_service.hpp"
#include "server/store/alarms.hpp"
#include "server/store/events.hpp"
#include "tests/service/filing_world.hpp"
#include "tests/support/invented_calendar.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A commitment whose check of 20 working days ends in a year that is not announced: the program carries
/// 2026.
class FilingOpenEnd : public FilingWorld {
  protected:
    void SetUp() override {
        FilingWorld::SetUp();
        clock.set(china("2026-12-04T09:00:00"));
    }

    [[nodiscard]] unsigned writers() const override { return 1; }

    void announce(int year) {
        texts_.push_back(invented_calendar(year));
        std::vector<Resource> files;
        for (std::string const& text : texts_) files.push_back({"cn-test.json", text});
        calendar->become(domain::WorkingCalendar::from_resources(files).value());
    }

    std::size_t round() {
        return service::ClockService(ground(), 2).set_open_ends(as("clerk").deadline, 10).value();
    }

    std::int64_t alarms() {
        static constexpr db::BinaryQuery all{"test.alarms", "select count(*) from task_alarm"};
        return admin().exec(all)[0].get<std::int64_t>(0);
    }

    std::int64_t escalated() {
        static constexpr db::BinaryQuery all{"test.escalated",
                                             "select count(distinct task_id) from task_escalation"};
        return admin().exec(all)[0].get<std::int64_t>(0);
    }

    store::TaskRow task(Json const& answer) {
        return store::task_by_id(db(),
                                 *TaskId::parse(answer.at_pointer("/verification/task_id")->as_string()))
            .value();
    }

  private:
    std::vector<std::string> texts_;
};

// docs/law.md N4: the last day on which a matter of 20 working days could be filed was 3 December.
TEST_F(FilingOpenEnd, IsFiledAndSaysBetweenWhichDaysItsCheckWillEnd) {
    auto const before = alarms();
    Json const answer = filed(fresh_key(), body_of("2026-12-04"));
    EXPECT_EQ(answer.at("state").as_string(), "effective");
    Json const& check = answer.at("verification");
    EXPECT_TRUE(check.at("due_on").is_null());
    EXPECT_TRUE(check.at("due_at").is_null());
    EXPECT_TRUE(check.at("calendar").is_null());
    EXPECT_EQ(check.at("waits_for_calendar"), Json(2027));
    EXPECT_EQ(check.at("rule").as_string(), "verify.matter 20 working_days");
    EXPECT_EQ(check.at("rule_pack").as_string(), "GZF-1 1");
    EXPECT_EQ(check.at("explanation").as_string(), "/v1/matters/GZF-1/versions/1");
    EXPECT_EQ(check.at_pointer("/provisional/earliest")->as_string(), "2027-01-02");
    EXPECT_EQ(check.at_pointer("/provisional/latest")->as_string(), "2027-01-04");
    EXPECT_THAT(check.at_pointer("/provisional/source/zh")->as_string(),
                HasSubstr("全国年节及纪念日放假办法"));
    EXPECT_EQ(alarms(), before) << "no clock runs towards a day that nobody knows";
    EXPECT_EQ(task(answer).waits_for, 2027);
}

TEST_F(FilingOpenEnd, OfTheDayBeforeHasItsLastDay) {
    clock.set(china("2026-12-03T09:00:00"));
    Json const answer = filed(fresh_key(), body_of("2026-12-03"));
    EXPECT_EQ(answer.at_pointer("/verification/due_on")->as_string(), "2026-12-31");
    EXPECT_TRUE(answer.at_pointer("/verification/provisional")->is_null());
    EXPECT_TRUE(answer.at_pointer("/verification/waits_for_calendar")->is_null());
}

TEST_F(FilingOpenEnd, NothingIsDecidedOnAProvisionalDay) {
    Json const answer = filed(fresh_key(), body_of("2026-12-04"));
    clock.set(china("2027-02-01T09:00:00"));
    service::ClockService clocks(ground());
    EXPECT_EQ(clocks.sound_alarms(as("clerk").deadline, 10).value(), 0u);
    EXPECT_EQ(round(), 0u);
    EXPECT_EQ(task(answer).waits_for, 2027);
    EXPECT_EQ(escalated(), 0);
}

TEST_F(FilingOpenEnd, GetsItsLastDayAndItsAlarmsFromTheCalendar) {
    Json const first = filed(fresh_key(), body_of("2026-12-04"));
    Json const second = filed(fresh_key(), body_of("2026-12-04"));
    clock.set(china("2026-12-07T09:00:00"));
    Json const third = filed(fresh_key(), body_of("2026-12-07"));
    announce(2027);
    EXPECT_EQ(round(), 3u);
    EXPECT_EQ(round(), 0u) << "once";
    auto const known = task(first);
    EXPECT_FALSE(known.waits_for);
    EXPECT_EQ(to_iso(china_date(known.due_at - std::chrono::microseconds{1})), "2027-01-04");
    EXPECT_THAT(known.rule, StartsWith("verify.matter 20 working_days; GZF-1 1; cn-2026.1+cn-2027.test"));
    EXPECT_EQ(task(second).due_at, known.due_at);
    EXPECT_EQ(to_iso(china_date(task(third).due_at - std::chrono::microseconds{1})), "2027-01-05");
    auto const kept = store::history(db(), known.id.text());
    EXPECT_EQ(kept.back().event, "calendar_known");
    EXPECT_EQ(kept.back().rule, known.rule);
    EXPECT_EQ(store::alarms_of(db(), known.organisation, {known.due_at}).size(), 3u);
    clock.set(known.due_at);
    service::ClockService clocks(ground());
    EXPECT_GT(clocks.sound_alarms(as("clerk").deadline, 10).value(), 0u);
    EXPECT_EQ(escalated(), 2);
}

TEST_F(FilingOpenEnd, GoesOnWaitingWhereTheKnownYearLeadsIntoAnother) {
    ASSERT_TRUE(replan(1, [](domain::VerificationPlan& plan) { plan.within_days = 300; }));
    Json const answer = filed(fresh_key(), body_of("2026-12-04"));
    EXPECT_EQ(task(answer).waits_for, 2027);
    announce(2027);
    EXPECT_EQ(round(), 0u);
    EXPECT_EQ(task(answer).waits_for, 2028);
    announce(2028);
    EXPECT_EQ(round(), 1u);
    EXPECT_FALSE(task(answer).waits_for);
}

TEST_F(FilingOpenEnd, TheTableHoldsNoCheckWithADayAndAYearThatItWaitsFor) {
    filed(fresh_key(), body_of("2026-12-04"));
    try {
        db().command("update verification_task set due_at = now() where waits_for is not null");
        ADD_FAILURE() << "not refused";
    } catch (db::DbError const& error) {
        EXPECT_EQ(error.constraint(), "verification_task_ends_or_waits");
    }
}

/// Which breaches bar where (docs/law.md B3).
class Bars : public FilingWorld {
  protected:
    static store::Breach breach(domain::FindingKind kind,
                                domain::Severity severity = domain::Severity::general) {
        return {{1, 2, 3}, kind, severity};
    }

    std::string bar(char const* region, store::Breach const& breach, bool refuses_dishonest = false,
                    char const* on = "2026-11-30") {
        domain::MatterVersion matter{};
        matter.action_kind = domain::ActionKind::benefit;
        matter.refuses_dishonest = refuses_dishonest;
        auto const found =
            service::bar_of(*rules, region, parse_iso_date(on).value(), matter, {&breach, 1}).value();
        return found ? std::string(domain::word(found->obstacle)) : "";
    }
};

TEST_F(Bars, AnUnfulfilledPromiseBarsInShenzhenOnly) {
    using enum domain::FindingKind;
    for (char const* place : {"110105", "310104", "330102", "370102", "410102", "440305", "500103"})
        EXPECT_EQ(bar(place, breach(false_statement)), "false_promise") << place;
    for (char const* place : {"110105", "310104", "330102", "370102", "410102", "440104", "500103"})
        EXPECT_EQ(bar(place, breach(unfulfilled)), "") << place;
    EXPECT_EQ(bar("440305", breach(unfulfilled)), "unfulfilled_promise");
    EXPECT_EQ(bar("440305", breach(unfulfilled), false, "2023-02-28"), "") << "before the zone's regulation";
    EXPECT_EQ(bar("110105", breach(untrue_by_mistake)), "") << "only intent makes a statement false";
    EXPECT_EQ(bar("110105", breach(unfulfilled, domain::Severity::serious)), "bad_record");
}

TEST_F(Bars, AMatterRefusesTheDishonestOnlyWhereTheLawLetsIt) {
    using enum domain::FindingKind;
    EXPECT_EQ(bar("310104", breach(untrue_by_mistake), true), "bad_record");
    EXPECT_EQ(bar("410102", breach(unfulfilled), true), "bad_record");
    EXPECT_EQ(bar("110105", breach(unfulfilled), true), "");
    auto version = version_of("GZF-1", 1);
    version.refuses_dishonest = true;
    EXPECT_EQ(said(add_version("GZF-1", 1, version)), "invalid /refuses_dishonest") << "in Beijing";
}

TEST_F(Bars, TheRefusalSaysWhichRuleBars) {
    filed(fresh_key(), body());
    admin().command("update commitment set state = 'breached'");
    auto const refused = file(fresh_key(), body());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().explanation,
              "/v1/rules/explain?rule=eligibility.bars&pack=cn-national&value=false_statement%2C%20serious");
}

}  // namespace
}  // namespace sponsio::testing

#include "server/work/effect.hpp"
#include "tests/service/finding_steps.hpp"
#include "tests/support/invented_calendar.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::Remedy;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// Papers served when no calendar knows the last day of the period they start; the program carries 2026.
class FindingOpenEnd : public FindingFixture {
  protected:
    /// Another start of the program, with the calendars of these years too.
    std::unique_ptr<service::FindingService> with_years(std::vector<int> const& years) {
        std::vector<std::string> texts;
        for (int const year : years) texts.push_back(invented_calendar(year));
        std::vector<Resource> files;
        for (std::string const& text : texts) files.push_back({"cn-test.json", text});
        calendars_.push_back(std::make_unique<domain::WorkingCalendar>(
            domain::WorkingCalendar::from_resources(files).value()));
        return std::make_unique<service::FindingService>(
            service::FindingParts{{.db = *executor,
                                   .vault = *vault,
                                   .matters = matters,
                                   .rules = *rules,
                                   .calendar = *calendars_.back(),
                                   .clock = clock,
                                   .metrics = &metrics}});
    }

    service::EffectRound round_of(service::FindingService& service) {
        return service.take_effect(as("clerk").deadline, 100).value();
    }

    /// Decided in the spring and served at that time.
    FindingId served_at(std::string const& local) {
        FindingId const id = decided();
        clock.set(china(local));
        serve(id).value();
        return id;
    }

    Json clock_of(FindingId id, std::string_view name) {
        Json const finding = shown(id);
        for (Json const& clock : finding.at("clocks").as_array())
            if (clock.at("clock").as_string() == name) return clock;
        throw std::invalid_argument("no such clock");
    }

    std::vector<std::string> listed_as_waiting() {
        std::vector<std::string> list;
        auto const rows = await(findings->list(as("supervisor"), {})).value().items;
        for (Json const& row : rows)
            if (!row.at("waits_for_calendar").is_null()) list.push_back(row.at("finding_id").as_string());
        return list;
    }

    void refused_by(std::string const& constraint, std::string const& change, FindingId id) {
        try {
            db().command("update finding set " + change + " where finding_id = '" + id.text() + "'");
            ADD_FAILURE() << "not refused: " << change;
        } catch (db::DbError const& error) {
            EXPECT_EQ(error.constraint(), constraint);
        }
    }

    Metrics metrics{"test"};

  private:
    std::vector<std::unique_ptr<domain::WorkingCalendar>> calendars_;
};

TEST_F(FindingOpenEnd, AServedDecisionIsOnRecordAllTheSame) {
    FindingId const id = served_at("2026-11-09T10:00:00");
    Json const finding = shown(id);
    EXPECT_EQ(finding.at("state").as_string(), "served");
    EXPECT_EQ(finding.at("documents").at(1).at("served_at").as_string(), to_rfc3339(clock.now()));
    EXPECT_EQ(finding.at("waits_for_calendar"), Json(2027));
    for (char const* name : {"remedy.reconsider", "remedy.litigation"}) {
        Json const period = clock_of(id, name);
        EXPECT_TRUE(period.at("due_on").is_null()) << name;
        EXPECT_TRUE(period.at("due_at").is_null()) << name;
        EXPECT_EQ(period.at("waits_for_calendar"), Json(2027)) << name;
        EXPECT_EQ(period.at("rule_pack").as_string(), national_pack()) << name;
    }
    EXPECT_TRUE(clock_of(id, "defence.period").at("waits_for_calendar").is_null());
    EXPECT_EQ(finding.at("history").as_array().back().at("event").as_string(), "serve_decision");
    EXPECT_THAT(listed_as_waiting(), ElementsAre(id.text()));
    EXPECT_EQ(said(serve(id)), "wrong-step");
}

TEST_F(FindingOpenEnd, NothingTakesEffectWhileItIsOpen) {
    FindingId const id = served_at("2026-11-09T10:00:00");
    for (char const* later : {"2026-12-31T23:59:59", "2027-05-11T00:00:00", "2030-01-01T00:00:00"}) {
        clock.set(china(later));
        auto const round = effect();
        EXPECT_EQ(round.effective + round.ends_set, 0) << later;
        EXPECT_TRUE(round.failures.empty()) << later;
    }
    EXPECT_EQ(state_of(id), "served");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    refused_by("finding_end_is_known", "state = 'effective', effective_at = now()", id);
    refused_by("finding_ends_or_waits", "remedy_until = now()", id);
    refused_by("finding_served_first", "remedy_waits_for = null", id);
}

TEST_F(FindingOpenEnd, TheNextYearsCalendarGivesTheEndAndEffectFollowsOnTheRightDay) {
    FindingId const id = served_at("2026-11-09T10:00:00");
    clock.set(china("2026-12-01T09:00:00"));
    auto const newer = with_years({2027});
    EXPECT_EQ(round_of(*newer).ends_set, 1);
    EXPECT_EQ(clock_of(id, "remedy.reconsider").at("due_on").as_string(), "2027-01-08");
    Json const litigation = clock_of(id, "remedy.litigation");
    EXPECT_EQ(litigation.at("due_on").as_string(), "2027-05-10");  // the 9th is a Sunday
    EXPECT_EQ(litigation.at("due_at").as_string(), "2027-05-10T15:59:59.999999Z");
    EXPECT_EQ(litigation.at("rule").as_string(), "remedy.litigation 6 months");
    EXPECT_EQ(litigation.at("rule_pack").as_string(), national_pack());
    EXPECT_EQ(litigation.at("calendar").as_string(), "cn-2027.test");
    EXPECT_TRUE(litigation.at("waits_for_calendar").is_null());
    Json const finding = shown(id);
    EXPECT_TRUE(finding.at("waits_for_calendar").is_null());
    EXPECT_EQ(finding.at("clocks").as_array().size(), 4u);
    Json const& event = finding.at("history").as_array().back();
    EXPECT_EQ(event.at("event").as_string(), "calendar_known");
    EXPECT_TRUE(event.at("by").is_null());
    EXPECT_THAT(event.at("rule").as_string(), EndsWith("; cn-2027.test"));
    EXPECT_THAT(listed_as_waiting(), ElementsAre());

    clock.set(china("2027-05-11T00:00:00") - 1us);
    auto round = round_of(*newer);
    EXPECT_EQ(round.effective + round.ends_set, 0);
    clock.set(china("2027-05-11T00:00:00"));
    EXPECT_EQ(round_of(*newer).effective, 1);
    EXPECT_EQ(shown(id).at("effective_at").as_string(), to_rfc3339(china("2027-05-11T00:00:00")));
    EXPECT_EQ(commitment_state(filed.code), "breached");
}

TEST_F(FindingOpenEnd, ACalendarThatComesLateGivesTheEndThatCountedAllAlong) {
    FindingId const id = served_at("2026-11-09T10:00:00");
    clock.set(china("2027-08-02T09:00:00"));
    auto const round = round_of(*with_years({2027}));
    EXPECT_EQ(round.ends_set, 1);
    EXPECT_EQ(round.effective, 1);
    EXPECT_EQ(*row(id).effective_at, china("2027-05-11T00:00:00"));
    EXPECT_EQ(moves(id.text()).back(), "served>effective");
}

TEST_F(FindingOpenEnd, WhatIsKnownHasItsEndAndOnlyTheRestIsOpen) {
    FindingId const id = served_at("2026-07-10T10:00:00");  // six months end in January
    EXPECT_EQ(clock_of(id, "remedy.reconsider").at("due_on").as_string(), "2026-09-08");
    EXPECT_EQ(clock_of(id, "remedy.litigation").at("waits_for_calendar"), Json(2027));
    EXPECT_FALSE(row(id).remedy_until);
    clock.set(china("2027-03-01T10:00:00"));
    using namespace std::chrono;
    EXPECT_EQ(said(seek(id, year{2026} / 9 / 9)), "too-late");
    // Nobody can say of an open period that it is over; whoever decides on the remedy will.
    EXPECT_EQ(said(seek(id, year{2027} / 1 / 20, Remedy::Kind::litigation)), "ok");
    EXPECT_THAT(listed_as_waiting(), ElementsAre());
    EXPECT_EQ(round_of(*with_years({2027})).ends_set, 0);
    EXPECT_EQ(end_remedy(id, true).value().at("state").as_string(), "served");
    EXPECT_EQ(clock_of(id, "remedy.further").at("waits_for_calendar"), Json(2027));
    clock.set(china("2027-03-17T00:00:00"));
    auto const round = round_of(*with_years({2027}));
    EXPECT_EQ(round.ends_set, 1);
    EXPECT_EQ(round.effective, 1);
    EXPECT_EQ(*row(id).effective_at, china("2027-03-17T00:00:00"));
}

TEST_F(FindingOpenEnd, EachYearGivesWhatItCan) {
    FindingId const id = served_at("2027-09-06T10:00:00");
    EXPECT_EQ(clock_of(id, "remedy.reconsider").at("waits_for_calendar"), Json(2027));
    EXPECT_EQ(clock_of(id, "remedy.litigation").at("waits_for_calendar"), Json(2028));
    auto const first = with_years({2027});
    EXPECT_EQ(round_of(*first).ends_set, 1);
    EXPECT_EQ(clock_of(id, "remedy.reconsider").at("due_on").as_string(), "2027-11-05");
    EXPECT_EQ(shown(id).at("waits_for_calendar"), Json(2028));
    clock.set(china("2028-12-01T00:00:00"));
    auto round = round_of(*first);
    EXPECT_EQ(round.effective + round.ends_set, 0);
    round = round_of(*with_years({2027, 2028}));
    EXPECT_EQ(round.ends_set, 1);
    EXPECT_EQ(round.effective, 1);
    EXPECT_EQ(*row(id).effective_at, china("2028-03-07T00:00:00"));
}

TEST_F(FindingOpenEnd, AYearBeyondOneThatIsKnownIsWaitedForNext) {
    FindingId const id = drafted();
    review(id).value();
    clock.set(china("2027-12-30T10:00:00"));
    notify(id).value();
    EXPECT_EQ(shown(id).at("waits_for_calendar"), Json(2027));
    EXPECT_EQ(round_of(*with_years({2027})).failures.size(), 0u);
    EXPECT_EQ(shown(id).at("waits_for_calendar"), Json(2028));
    EXPECT_EQ(clock_of(id, "defence.period").at("waits_for_calendar"), Json(2028));
    EXPECT_EQ(shown(id).at("clocks").as_array().size(), 2u);
    EXPECT_THAT(moves(id.text()), ElementsAre(">drafted", "drafted>reviewed", "reviewed>reviewed",
                                              "reviewed>prior_notice_served"));
    EXPECT_EQ(round_of(*with_years({2027, 2028})).ends_set, 1);
    EXPECT_EQ(clock_of(id, "defence.period").at("due_on").as_string(), "2028-01-07");
}

// ------------------------------------------------------------------------------------------ the prior notice
TEST_F(FindingOpenEnd, APriorNoticeIsOnRecordAndTheDecisionWaits) {
    FindingId const id = drafted();
    review(id).value();
    clock.set(china("2026-12-30T10:00:00"));
    Json const finding = notify(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "prior_notice_served");
    EXPECT_EQ(finding.at("waits_for_calendar"), Json(2027));
    EXPECT_EQ(said(decide(id)), "calendar-unknown");
    clock.set(china("2027-03-01T10:00:00"));
    EXPECT_EQ(said(defend(id)), "ok");  // who can say that it is late
    EXPECT_EQ(said(decide(id, "decider", "不予采纳。")), "calendar-unknown");
    refused_by("finding_notice_first", "defence_waits_for = null", id);
    refused_by("finding_end_is_known", "state = 'decided', decided_by = '" + account("decider").text() + "'",
               id);

    EXPECT_EQ(round_of(*with_years({2027})).ends_set, 1);
    EXPECT_EQ(*row(id).defence_until, china("2027-01-08T00:00:00"));  // 31 December, 4 to 7 January
    EXPECT_EQ(said(decide(id, "decider", "不予采纳。")), "ok");
}

TEST_F(FindingOpenEnd, AWaiverNeedsNoLastDay) {
    FindingId const id = drafted();
    review(id).value();
    clock.set(china("2026-12-30T10:00:00"));
    notify(id).value();
    defend(id, true).value();
    EXPECT_EQ(decide(id).value().at("state").as_string(), "decided");
    EXPECT_THAT(listed_as_waiting(), ElementsAre());
    EXPECT_EQ(serve(id).value().at("state").as_string(), "served");
}

TEST_F(FindingOpenEnd, NoticeByPublicationIsCompleteOnAKnownDay) {
    FindingId const id = drafted();
    review(id).value();
    clock.set(china("2026-12-10T10:00:00"));
    notify(id, domain::ServiceMethod::public_notice).value();
    EXPECT_EQ(clock_of(id, "prior_notice.service").at("due_on").as_string(), "2027-01-09");
    EXPECT_EQ(clock_of(id, "defence.period").at("waits_for_calendar"), Json(2027));
    EXPECT_EQ(round_of(*with_years({2027})).ends_set, 1);
    EXPECT_EQ(clock_of(id, "defence.period").at("due_on").as_string(), "2027-01-15");
    EXPECT_EQ(shown(id).at("clocks").as_array().size(), 3u);
}

// ------------------------------------------------------------------------------------------ for the operator
TEST_F(FindingOpenEnd, TheOperatorSeesHowManyWait) {
    served_at("2026-11-09T10:00:00");
    clock.set(china("2026-11-10T10:00:00"));
    auto const older = with_years({});
    round_of(*older);
    EXPECT_THAT(metrics.text(), HasSubstr("\nfindings_awaiting_calendar 1\n"));
    auto const newer = with_years({2027});
    EXPECT_EQ(work::effect_round(*newer)().value(), 1u);  // something was done: look again at once
    EXPECT_THAT(metrics.text(), HasSubstr("\nfindings_awaiting_calendar 0\n"));
    EXPECT_EQ(work::effect_round(*newer)().value(), 0u);
}

TEST_F(FindingOpenEnd, WhatWasOpenStaysOnRecord) {
    FindingId const id = served_at("2026-11-09T10:00:00");
    EXPECT_EQ(count("open_clocks"), 2);
    round_of(*with_years({2027}));
    EXPECT_EQ(count("open_clocks"), 2);
    EXPECT_EQ(store::open_clocks_of(db(), id).size(), 0u);
    for (char const* change :
         {"delete from finding_open_clock", "update finding_open_clock set waits_for = 1"})
        EXPECT_THROW(db().command(change), db::DbError) << change;
}

}  // namespace
}  // namespace sponsio::testing

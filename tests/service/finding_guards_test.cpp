#include "tests/service/finding_steps.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::Remedy;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

class FindingGuards : public FindingFixture {
  protected:
    void refused_by(std::string const& constraint, std::string const& sql) {
        try {
            db().command(sql);
            ADD_FAILURE() << "not refused: " << sql;
        } catch (db::DbError const& error) {
            EXPECT_EQ(error.constraint(), constraint);
            last_error_ = service::people_fault(error);
        }
    }

    [[nodiscard]] std::string update(FindingId id, std::string const& what) const {
        return "update finding set " + what + " where finding_id = '" + id.text() + "'";
    }

    [[nodiscard]] std::string quoted(std::string const& who) const { return "'" + account(who).text() + "'"; }

    std::optional<Fault> last_error_;
};

// ------------------------------------------------------------------------------------------ three people
TEST_F(FindingGuards, NobodyReviewsTheirOwnDraft) {
    FindingId const id = drafted();
    EXPECT_EQ(said(review(id, "verifier")), "same-person");
    EXPECT_EQ(said(review(id, "verifier", domain::ReviewOutcome::dismissed)), "same-person");
    EXPECT_EQ(said(send_back(id, "错字。", "verifier")), "same-person");
    EXPECT_EQ(state_of(id), "drafted");
    EXPECT_THAT(moves(id.text()), ElementsAre(">drafted"));
}

TEST_F(FindingGuards, NobodyDecidesOnWhatTheyDraftedOrReviewed) {
    FindingId const id = noticed();
    clock.set(*row(id).defence_until);
    for (char const* who : {"verifier", "reviewer"})
        for (bool breach : {true, false}) EXPECT_EQ(said(decide(id, who, "", breach)), "same-person") << who;
    EXPECT_EQ(state_of(id), "prior_notice_served");
    defend(id);  // too late
    EXPECT_EQ(said(decide(id)), "ok");
}

TEST_F(FindingGuards, NorAfterADefenceOrAWaiver) {
    for (bool waived : {true, false}) {
        FindingId const id = noticed();
        defend(id, waived).value();
        clock.set(*row(id).defence_until);
        std::string const answer = waived ? "" : "不予采纳。";
        for (char const* who : {"verifier", "reviewer"})
            EXPECT_EQ(said(decide(id, who, answer)), "same-person");
        EXPECT_EQ(said(decide(id, "decider", answer)), "ok");
    }
}

/// Around the service, with the rights the server has.
TEST_F(FindingGuards, TheDatabaseItselfKeepsThreePeopleApart) {
    FindingId const id = drafted();
    refused_by("finding_reviewer_is_another", update(id, "reviewed_by = " + quoted("verifier")));
    ASSERT_TRUE(last_error_);
    EXPECT_EQ(last_error_->problem, &problem::same_person);
    db().command(update(id, "reviewed_by = " + quoted("reviewer")));
    for (char const* who : {"verifier", "reviewer"}) {
        refused_by("finding_decider_is_a_third", update(id, "decided_by = " + quoted(who)));
        ASSERT_TRUE(last_error_);
        EXPECT_EQ(last_error_->problem, &problem::same_person);
    }
    // One person cannot put others in place of themselves afterwards, nor take them away.
    refused_by("finding_people_stay", update(id, "reviewed_by = " + quoted("supervisor")));
    EXPECT_FALSE(last_error_);
    refused_by("finding_people_stay", update(id, "reviewed_by = null"));
    db().command(update(id, "decided_by = " + quoted("decider")));
    refused_by("finding_people_stay", update(id, "decided_by = " + quoted("supervisor")));
    EXPECT_THROW(db().command(update(id, "drafted_by = " + quoted("supervisor"))), db::DbError);
    // All three at once in one new row.
    refused_by(
        "finding_reviewer_is_another",
        "insert into finding (finding_id, task_id, commitment_code, organisation_id, kind, fault, severity, "
        "draft, drafted_by, drafted_at, reviewed_by, state) select gen_random_uuid(), gen_random_uuid(), "
        "commitment_code, organisation_id, kind, fault, severity, draft, drafted_by, drafted_at, drafted_by, "
        "'reviewed' from finding");
}

TEST_F(FindingGuards, TheDatabaseItselfKeepsTheOrderOfSteps) {
    admin().command(
        "alter table finding disable trigger finding_step_stands");  // which knows nothing of order
    FindingId const id = drafted();
    refused_by("finding_reviewed_first", update(id, "state = 'reviewed'"));
    db().command(update(id, "state = 'reviewed', reviewed_by = " + quoted("reviewer")));
    refused_by("finding_notice_first", update(id, "state = 'prior_notice_served'"));
    db().command(update(id, "state = 'prior_notice_served', defence_until = now()"));
    refused_by("finding_decided_first", update(id, "state = 'decided'"));
    db().command(update(id, "state = 'decided', decided_by = " + quoted("decider")));
    refused_by("finding_served_first", update(id, "state = 'served'"));
    db().command(update(id, "state = 'served', remedy_until = now()"));
    refused_by("finding_effective_has_time", update(id, "state = 'effective'"));
}

TEST_F(FindingGuards, WhatWasSaidAndServedStays) {
    FindingId const id = served();
    for (char const* table : {"finding", "finding_evidence", "finding_statement", "finding_clock", "document",
                              "service_of_document", "event"})
        EXPECT_THROW(db().command("delete from " + std::string(table)), db::DbError) << table;
    for (char const* change : {"finding set draft = 'x'", "finding_statement set content = 'x'",
                               "finding_clock set ends = now()", "document set content = 'x'",
                               "service_of_document set served_at = now()", "event set actor = null"})
        EXPECT_THROW(db().command("update " + std::string(change)), db::DbError) << change;
    EXPECT_EQ(state_of(id), "served");
}

// --------------------------------------------------------------------------------------------- the order
TEST_F(FindingGuards, RefusesEveryStepThatIsNotTheNext) {
    FindingId const id = drafted();
    using Take = std::function<std::string()>;
    std::map<std::string, Take> const steps{
        {"review", [&] { return said(review(id)); }},
        {"acquit", [&] { return said(review(id, "reviewer", domain::ReviewOutcome::dismissed)); }},
        {"return", [&] { return said(send_back(id)); }},
        {"amend", [&] { return said(amend(id)); }},
        {"compose", [&] { return said(compose(id)); }},
        {"notify", [&] { return said(serve_notice(id, service_now())); }},
        {"defend", [&] { return said(defend(id)); }},
        {"waive", [&] { return said(defend(id, true)); }},
        {"decide", [&] { return said(decide(id, "decider", "不予采纳。")); }},
        {"dismiss", [&] { return said(decide(id, "decider", "不予采纳。", false)); }},
        {"serve", [&] { return said(serve(id)); }},
        {"seek", [&] { return said(seek(id, china_date(clock.now()))); }},
        {"uphold", [&] { return said(end_remedy(id, true)); }},
        {"overturn", [&] { return said(end_remedy(id, false)); }},
    };

    struct Place {
        std::vector<std::string> allowed;
        std::function<void()> go_on;
    };

    std::vector<Place> const path{
        {{"review", "acquit", "return"}, [&] { send_back(id).value(); }},
        {{"amend"}, [&] { amend(id).value(); }},
        {{"review", "acquit", "return"}, [&] { review(id).value(); }},
        {{"compose"}, [&] { compose(id).value(); }},
        {{"compose", "notify"}, [&] { serve_notice(id, service_now()).value(); }},
        {{"defend", "waive", "decide", "dismiss"}, [&] { defend(id).value(); }},
        {{"decide", "dismiss"},
         [&] {
             clock.set(*row(id).defence_until);
             decide(id, "decider", "不予采纳。").value();
         }},
        {{"serve"}, [&] { serve(id).value(); }},
        {{"seek"}, [&] { seek(id, china_date(clock.now())).value(); }},
        {{"uphold", "overturn"}, [&] { end_remedy(id, true).value(); }},
        {{"seek"},
         [&] {
             clock.set(*row(id).remedy_until);
             effect();
         }},
        {{}, [] {}},
    };
    for (Place const& place : path) {
        for (auto const& [name, take] : steps) {
            if (std::ranges::find(place.allowed, name) != place.allowed.end()) continue;
            auto const before =
                std::tuple{count("events"), count("documents"), count("clocks"), count("statements")};
            EXPECT_EQ(take(), "wrong-step") << name << " when " << state_of(id);
            EXPECT_EQ(std::tuple(count("events"), count("documents"), count("clocks"), count("statements")),
                      before);
        }
        place.go_on();
    }
    EXPECT_EQ(state_of(id), "effective");
}

// ----------------------------------------------------------------------------------------------- clocks
TEST_F(FindingGuards, NobodyDecidesWhileTheDefencePeriodRuns) {
    FindingId const id = noticed();
    Instant const until = *row(id).defence_until;
    clock.set(until - 1us);
    EXPECT_EQ(said(decide(id)), "too-early");
    EXPECT_EQ(said(defend(id)), "ok");  // the last microsecond still counts
    EXPECT_EQ(said(decide(id, "decider", "不予采纳。")), "too-early");
    clock.set(until);
    EXPECT_EQ(said(decide(id, "decider", "不予采纳。")), "ok");
}

TEST_F(FindingGuards, ADefenceComesTooLateOnTheFirstInstantAfter) {
    FindingId const id = noticed();
    clock.set(*row(id).defence_until);
    EXPECT_EQ(said(defend(id)), "too-late");
    EXPECT_EQ(said(defend(id, true)), "too-late");
    EXPECT_EQ(said(decide(id)), "ok");
}

TEST_F(FindingGuards, AWaiverEndsTheWaiting) {
    FindingId const id = noticed();
    defend(id, true).value();
    EXPECT_EQ(said(decide(id, "decider", "不予采纳。")),
              "invalid /defence_answer");  // there is nothing to answer
    EXPECT_EQ(said(decide(id)), "ok");
    EXPECT_LT(clock.now(), *row(id).defence_until);
}

TEST_F(FindingGuards, ADefenceIsAnswered) {
    FindingId const id = noticed();
    defend(id).value();
    clock.set(*row(id).defence_until);
    EXPECT_EQ(said(decide(id)), "invalid /defence_answer");
    EXPECT_EQ(said(decide(id, "decider", "", false)), "invalid /defence_answer");
    EXPECT_EQ(state_of(id), "defended");
    EXPECT_EQ(count("documents"), 1);
}

TEST_F(FindingGuards, NothingIsServedTomorrowOrBeforeItsTime) {
    FindingId const id = drafted();
    clock.advance(24h);
    review(id).value();
    auto notice_at = [&](Instant at) {
        auto service = service_now();
        service.served_at = at;
        return said(serve_notice(id, service));
    };
    Instant const reviewed = clock.now();
    clock.advance(1h);
    EXPECT_EQ(notice_at(clock.now()), "wrong-step");  // there is no paper yet
    compose(id).value();
    Instant const composed = clock.now();
    clock.advance(1h);
    EXPECT_EQ(notice_at(clock.now() + 1us), "invalid /served_at");
    EXPECT_EQ(notice_at(reviewed), "invalid /served_at");
    EXPECT_EQ(notice_at(composed - 1us), "invalid /served_at");
    EXPECT_EQ(notice_at(composed), "ok");

    clock.set(*row(id).defence_until);
    decide(id).value();
    auto serve_at = [&](Instant at) {
        auto service = service_now();
        service.served_at = at;
        return said(serve(id, service));
    };
    Instant const made = clock.now();
    clock.advance(1h);
    EXPECT_EQ(serve_at(clock.now() + 1us), "invalid /served_at");
    EXPECT_EQ(serve_at(made - 1us), "invalid /served_at");
    EXPECT_EQ(serve_at(made), "ok");
}

TEST_F(FindingGuards, PublicNoticeServesOnlyWhenItsOwnPeriodIsOver) {
    FindingId const id = drafted();
    review(id).value();
    clock.set(china("2026-03-10T10:00:00"));
    Json const finding = notify(id, domain::ServiceMethod::public_notice).value();
    auto const& clocks = finding.at("clocks").as_array();
    ASSERT_EQ(clocks.size(), 3u);
    EXPECT_EQ(clocks[2].at("clock").as_string(), "hearing.request");
    EXPECT_EQ(clocks[2].at("due_on").as_string(), "2026-04-16");
    EXPECT_EQ(clocks[0].at("clock").as_string(), "prior_notice.service");
    EXPECT_EQ(clocks[0].at("due_on").as_string(), "2026-04-09");
    EXPECT_TRUE(clocks[0].at("calendar").is_null());
    EXPECT_EQ(clocks[1].at("clock").as_string(), "defence.period");
    EXPECT_EQ(clocks[1].at("due_on").as_string(), "2026-04-16");
    EXPECT_EQ(*row(id).defence_until, china("2026-04-17T00:00:00"));
}

// ------------------------------------------------------------------------------------------------ its end
TEST_F(FindingGuards, AReviewersDismissalClearsTheCommitmentWithItsOwnPaper) {
    FindingId const id = drafted();
    Json const finding = review(id, "reviewer", domain::ReviewOutcome::dismissed).value();
    EXPECT_EQ(finding.at("state").as_string(), "dismissed");
    EXPECT_EQ(finding.at("reviewed_by").as_string(), account("reviewer").text());
    EXPECT_TRUE(finding.at("decided_by").is_null());
    Json const& event = finding.at("history").as_array().back();
    EXPECT_EQ(event.at("event").as_string(), "dismiss_draft");
    EXPECT_EQ(event.at("why").as_string(), "示例住保不予字〔2026〕1号");
    EXPECT_EQ(finding.at("statements").at(0).at("step").as_string(), "dismissal");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    auto const evidence = store::evidence_of_finding(db(), id);
    EXPECT_EQ(said(try_draft(draft_of(filed.task, evidence))), "conflict");

    auto const document = *DocumentId::parse(finding.at("documents").at(0).at("document_id").as_string());
    Json const paper = await(findings->document(as("clerk"), document)).value();
    EXPECT_EQ(paper.at("kind").as_string(), "dismissal");
    EXPECT_TRUE(paper.at("periods").as_array().empty());
    std::string const text = paper.at_pointer("/text/zh")->as_string();
    EXPECT_THAT(text, ::testing::HasSubstr("不予认定决定书 示例住保不予字〔2026〕1号"));
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("事先告知书")));  // none was served
    EXPECT_EQ(said(serve(id)), "ok");
    EXPECT_EQ(said(serve(id)), "wrong-step");
}

TEST_F(FindingGuards, ADismissalClearsTheCommitmentAndIsServedOnce) {
    FindingId const id = noticed();
    defend(id).value();
    // In favour of the party there is nothing to wait for.
    Json const finding = decide(id, "decider", "予以采纳。", false).value();
    EXPECT_EQ(finding.at("state").as_string(), "dismissed");
    EXPECT_EQ(finding.at("decided_by").as_string(), account("decider").text());
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    Json const paper = finding.at("documents").as_array().at(1);
    EXPECT_EQ(paper.at("kind").as_string(), "dismissal");
    EXPECT_EQ(paper.at("number").as_string(), "示例住保决字〔2026〕1号");
    EXPECT_TRUE(paper.at("served_at").is_null());
    auto const document = *DocumentId::parse(paper.at("document_id").as_string());
    std::string const text =
        await(findings->document(as("clerk"), document)).value().at_pointer("/text/zh")->as_string();
    for (char const* part : {"不予认定决定书 示例住保决字〔2026〕1号", "予以采纳。", "欧阳示例"})
        EXPECT_THAT(text, ::testing::HasSubstr(part));
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("行政复议")));

    clock.advance(1h);
    auto const clocks = count("clocks");
    Json const served = serve(id).value();
    EXPECT_EQ(served.at("state").as_string(), "dismissed");
    EXPECT_EQ(served.at("documents").at(1).at("served_at").as_string(), to_rfc3339(clock.now()));
    EXPECT_EQ(count("clocks"), clocks);
    EXPECT_EQ(said(serve(id)), "wrong-step");
    EXPECT_THAT(moves(filed.code), ElementsAre("notified>effective", "effective>under_verification",
                                               "under_verification>in_question", "in_question>fulfilled"));
}

TEST_F(FindingGuards, AnUpheldDecisionTakesEffectWhenItCanBeTakenNoFurther) {
    FindingId const id = served();
    clock.advance(24h * 10);
    Json finding = seek(id, china_date(clock.now()), Remedy::Kind::litigation).value();
    EXPECT_EQ(finding.at("state").as_string(), "under_remedy");
    EXPECT_EQ(finding.at("history").at(6).at("why").as_string(),
              "litigation " + to_iso(china_date(clock.now())));
    // While a court looks at it no clock makes it effective.
    clock.set(*row(id).remedy_until + 24h * 30);
    EXPECT_EQ(effect().effective, 0);
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    clock.set(china("2026-12-01T10:00:00"));
    finding = end_remedy(id, true).value();
    EXPECT_EQ(finding.at("state").as_string(), "served");
    EXPECT_EQ(finding.at("clocks").as_array().back().at("clock").as_string(), "remedy.further");
    EXPECT_EQ(finding.at("clocks").as_array().back().at("due_on").as_string(), "2026-12-16");
    // The other road is long closed; the way on from the one that was taken is not.
    EXPECT_EQ(said(seek(id, china_date(clock.now()))), "too-late");
    EXPECT_EQ(said(seek(id, china_date(clock.now()), Remedy::Kind::litigation)), "ok");
    finding = end_remedy(id, true).value();
    EXPECT_EQ(finding.at("clocks").as_array().back().at("clock").as_string(), "remedy.further.2");
    clock.set(china("2026-12-16T23:59:59"));
    EXPECT_EQ(effect().effective, 0);
    clock.set(china("2026-12-17T00:00:00"));
    EXPECT_EQ(effect().effective, 1);
    EXPECT_EQ(*row(id).effective_at, clock.now());
    EXPECT_EQ(commitment_state(filed.code), "breached");
}

// Administrative Litigation Law art. 45; docs/law.md E7.
TEST_F(FindingGuards, AfterAReconsiderationThatUpheldASuitIsInTimeOnTheFifteenthDay) {
    FindingId const id = served();
    seek(id, china_date(clock.now())).value();
    clock.set(china("2026-12-01T10:00:00"));
    Json const upheld = end_remedy(id, true).value();
    EXPECT_EQ(upheld.at("clocks").as_array().back().at("due_on").as_string(), "2026-12-16");
    clock.set(china("2026-12-16T23:59:59"));
    EXPECT_EQ(effect().effective, 0);
    EXPECT_EQ(said(seek(id, china_date(clock.now()), Remedy::Kind::litigation)), "ok");
    clock.set(china("2027-03-01T10:00:00"));
    EXPECT_EQ(effect().effective, 0);
    EXPECT_EQ(commitment_state(filed.code), "in_question");
}

TEST_F(FindingGuards, AReconsiderationThatIsNotAnsweredOpensTheSuitForFifteenDays) {
    FindingId const id = served();
    Date const applied = china_date(clock.now());
    seek(id, applied).value();
    auto const unanswered = [&] {
        return await(findings->end_remedy(as("reviewer"), id, {service::RemedyOutcome::Kind::unanswered}));
    };
    EXPECT_EQ(said(unanswered()), "too-early");
    // Accepted in five working days, decided in sixty days and thirty more: until then it may be answered.
    auto const accepted = calendar->add_working_days(applied, 5).value().date;
    Date const last = domain::add_calendar_days(accepted, 90);
    clock.set(china_midnight(last));
    EXPECT_EQ(said(unanswered()), "too-early");
    clock.set(china_midnight(domain::add_calendar_days(last, 1)));
    Json const finding = unanswered().value();
    EXPECT_EQ(finding.at("state").as_string(), "served");
    EXPECT_EQ(finding.at("history").as_array().back().at("event").as_string(), "remedy_unanswered");
    std::vector<std::string> rules_set;
    for (Json const& one : finding.at("clocks").as_array()) rules_set.push_back(one.at("rule").as_string());
    EXPECT_THAT(rules_set, ::testing::Contains("remedy.litigation.no_answer 15 calendar_days"));
    EXPECT_EQ(said(seek(id, china_date(clock.now()))), "too-late") << "it was asked once";
    EXPECT_EQ(said(seek(id, china_date(clock.now()), Remedy::Kind::litigation)), "ok");
    EXPECT_EQ(said(unanswered()), "conflict") << "a suit ends with its judgment";
}

// Administrative Litigation Law art. 46: five years from the act, whenever the party learns of it.
TEST_F(FindingGuards, NoSuitIsTakenFiveYearsAfterTheDecision) {
    service::PeriodSetter const setter(*rules, *calendar, "110105");
    service::Serving const serving{parse_iso_date("2026-01-12").value(), domain::ServiceMethod::in_person};
    auto const litigation = [&](char const* decided_on) {
        auto const periods = setter.remedies(serving, parse_iso_date(decided_on).value()).value();
        return periods.list.back().period;
    };
    EXPECT_EQ(to_iso(litigation("2026-01-05").end->date), "2026-07-13");
    EXPECT_EQ(litigation("2026-01-05").rule.id, "remedy.litigation");
    EXPECT_EQ(to_iso(litigation("2021-05-06").end->date), "2026-05-06");
    EXPECT_EQ(litigation("2021-05-06").rule.id, "remedy.litigation.longest");
}

TEST_F(FindingGuards, AnOverturnedOneIsCancelledAndMayBeDraftedAnew) {
    FindingId const id = served();
    seek(id, china_date(clock.now())).value();
    Json const finding = end_remedy(id, false).value();
    EXPECT_EQ(finding.at("state").as_string(), "cancelled");
    EXPECT_TRUE(finding.at("effective_at").is_null());
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    EXPECT_EQ(said(try_draft(draft_of(filed.task, store::evidence_of_finding(db(), id)))), "ok");
    clock.set(*row(id).remedy_until + 24h);
    EXPECT_EQ(effect().effective, 0);
}

TEST_F(FindingGuards, ARemedyIsSoughtInItsOwnPeriod) {
    FindingId const id = served();
    Date const served_on = china_date(clock.now());
    Date last_day = served_on;
    for (auto const& one : store::clocks_of(db(), id))
        if (one.clock == "remedy.reconsider") last_day = one.due_on;
    clock.set(china_midnight(domain::add_calendar_days(last_day, 5)));
    EXPECT_EQ(said(seek(id, domain::add_calendar_days(served_on, -1))), "invalid /filed_on");
    EXPECT_EQ(said(seek(id, domain::add_calendar_days(china_date(clock.now()), 1))), "invalid /filed_on");
    Date const late = domain::add_calendar_days(last_day, 1);
    EXPECT_EQ(said(seek(id, late)), "too-late");
    EXPECT_EQ(state_of(id), "served");
    // Filed in time and known here only later; and the other remedy has more time.
    EXPECT_EQ(said(seek(id, last_day)), "ok");
    end_remedy(id, false).value();
    FindingId const other = served();
    EXPECT_EQ(said(seek(other, china_date(clock.now()), Remedy::Kind::litigation)), "ok");
}

}  // namespace
}  // namespace sponsio::testing

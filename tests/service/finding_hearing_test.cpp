#include "server/db/error.hpp"
#include "tests/service/hearing_steps.hpp"

#include <gmock/gmock.h>

#include <random>

namespace sponsio::testing {
namespace {

using domain::Culpability;
using domain::FindingKind;
using domain::Harm;
using domain::Measure;
using domain::Severity;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OrderTest : public HearingFixture {};

class HearingTest : public HearingFixture {
  protected:
    /// A hearing was asked for in time.
    FindingId asked() {
        FindingId const id = noticed();
        ask_hearing(id).value();
        return id;
    }

    /// Seven working days after 2 March 2026, in the morning.
    Instant const earliest = china("2026-03-11T09:30:00");

    FindingId called() {
        FindingId const id = asked();
        compose_call(id, earliest).value();
        serve_call(id).value();
        return id;
    }

    FindingId heard() {
        FindingId const id = called();
        clock.set(earliest);
        hold(id).value();
        return id;
    }
};

// ---------------------------------------------------------------------------------------- the order to
// rectify
TEST_F(OrderTest, ComesFirstWhereThePlaceSaysSo) {
    FindingId const id = reviewed(FindingKind::unfulfilled);
    auto const refused = compose(id);
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_TRUE(cites(refused, "next_step.unfulfilled")) << refused.error().detail.en;
    EXPECT_EQ(state_of(id), "reviewed");
    EXPECT_EQ(count("documents"), 0);
    EXPECT_EQ(said(serve_order(id)), "wrong-step") << "nothing is served that was not made";
    compose_order(id).value();
    Json const served = serve_order(id).value();
    EXPECT_EQ(served.at("state").as_string(), "rectifying");
    EXPECT_EQ(served.at_pointer("/clocks/0/clock")->as_string(), "rectify.period");
    EXPECT_EQ(served.at_pointer("/clocks/0/due_on")->as_string(), "2026-03-17");
}

TEST_F(OrderTest, TellsDayConsequenceAndRemedies) {
    FindingId const id = reviewed(FindingKind::unfulfilled);
    Json const composed = compose_order(id).value();
    auto const paper = DocumentId::parse(composed.at_pointer("/documents/0/document_id")->as_string());
    Json const document = await(findings->document(as("clerk"), *paper)).value();
    std::string const& zh = document.at("text").at("zh").as_string();
    for (char const* part : {"责令限期改正通知书", "15 日内改正", "2026-03-17", "行政复议", "行政诉讼"})
        EXPECT_THAT(zh, HasSubstr(part));
    EXPECT_THAT(document.at("text").at("en").as_string(), HasSubstr("Order to rectify"));
}

TEST_F(OrderTest, SetRightItEndsWithoutARecord) {
    FindingId const id = reviewed(FindingKind::unfulfilled);
    compose_order(id).value();
    serve_order(id).value();
    EXPECT_EQ(said(await(findings->end_order(as("reviewer"), id, {true, "好", EvidenceId{Uuid{}}}))),
              "invalid /evidence_id");
    EXPECT_EQ(said(settle(id, true, "verifier")), "same-person") << "the drafter frees nobody alone";
    settle(id, true).value();
    EXPECT_EQ(state_of(id), "rectified");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_EQ(said(compose(id)), "wrong-step");
    EXPECT_EQ(round().issued, 0u);
}

TEST_F(OrderTest, NotSetRightItGoesOnOnceItsTimeIsOver) {
    FindingId const id = reviewed(FindingKind::unfulfilled);
    compose_order(id).value();
    serve_order(id).value();
    clock.set(china("2026-03-17T23:59:59"));
    auto const early = settle(id, false);
    EXPECT_EQ(said(early), "too-early");
    EXPECT_TRUE(cites(early, "rectify.period"));
    clock.set(china("2026-03-18T00:00:00"));
    settle(id, false).value();
    EXPECT_EQ(state_of(id), "uncorrected");
    notify(id).value();
    EXPECT_EQ(state_of(id), "prior_notice_served");
}

// ------------------------------------------------------------------------------------------------ the
// hearing
TEST_F(HearingTest, IsToldInTheNoticeAndAskedForInItsTime) {
    FindingId const id = noticed();
    Json const finding = shown(id);
    EXPECT_EQ(finding.at_pointer("/clocks/1/clock")->as_string(), "hearing.request");
    clock.set(china("2026-03-10T00:00:00"));
    auto const late = ask_hearing(id);
    EXPECT_EQ(said(late), "too-late");
    EXPECT_TRUE(cites(late, "hearing.request"));
    clock.set(china("2026-03-09T23:59:59"));
    EXPECT_EQ(ask_hearing(id).value().at("state").as_string(), "hearing_requested");
}

TEST_F(HearingTest, IsNoRightWhereWhatIsProposedIsSlight) {
    FindingId const id = reviewed(FindingKind::false_statement, {.measures = {Measure::record}});
    notify(id).value();
    EXPECT_EQ(shown(id).at("clocks").as_array().size(), 1u);
    EXPECT_EQ(said(ask_hearing(id)), "conflict");
}

TEST_F(HearingTest, TheDecisionWaitsForItAndAnswersIt) {
    FindingId const id = asked();
    clock.set(*row(id).defence_until);
    EXPECT_EQ(said(decide_so(id, breach())), "wrong-step");
    compose_call(id, china("2026-03-19T09:30:00")).value();
    serve_call(id).value();
    EXPECT_EQ(said(decide_so(id, breach())), "wrong-step");
    clock.set(china("2026-03-19T09:30:00"));
    hold(id).value();
    EXPECT_EQ(said(decide_so(id, breach())), "invalid /hearing_answer");
    Json const decided = decide_so(id, breach("", "听证中提出的意见不予采纳。")).value();
    EXPECT_EQ(decided.at("state").as_string(), "decided");
    auto const papers = store::documents_of(db(), id);
    Json const paper = await(findings->document(as("clerk"), papers.back().document.id)).value();
    EXPECT_THAT(paper.at("text").at("zh").as_string(),
                HasSubstr("对听证意见的答复：听证中提出的意见不予采纳。"));
}

TEST_F(HearingTest, TheChairDidNotInvestigate) {
    FindingId const id = asked();
    for (char const* who : {"clerk", "verifier"})  // who filed; who checked and drafted
        EXPECT_EQ(said(compose_call(id, earliest, who)), "same-person") << who;
    EXPECT_EQ(said(compose_call(id, earliest, "stranger")), "invalid /chair_id");
    EXPECT_EQ(state_of(id), "hearing_requested");
    EXPECT_FALSE(row(id).hearing_chair);
    EXPECT_EQ(said(compose_call(id, earliest, "reviewer")), "ok");
}

TEST_F(HearingTest, LiesSevenWorkingDaysAheadOfTheService) {
    FindingId const id = asked();
    auto const soon = compose_call(id, china("2026-03-10T09:30:00"));
    EXPECT_EQ(said(soon), "invalid /at");
    EXPECT_TRUE(cites(soon, "hearing.notice"));
    compose_call(id, earliest).value();
    clock.set(china("2026-03-03T09:00:00"));
    EXPECT_EQ(said(serve_call(id)), "invalid /at") << "a day too late for that hearing";
    EXPECT_EQ(state_of(id), "hearing_requested");
    compose_call(id, china("2026-03-12T09:30:00")).value();
    EXPECT_EQ(said(serve_call(id)), "ok");
}

TEST_F(HearingTest, IsRecordedByItsChairOnItsDay) {
    FindingId const id = called();
    EXPECT_EQ(said(hold(id)), "too-early");
    clock.set(earliest);
    EXPECT_EQ(said(hold(id, "reviewer")), "forbidden");
    EXPECT_EQ(said(await(findings->hold_hearing(as("supervisor"), id,
                                                {"号", true, "记录", "意见", EvidenceId{Uuid{}}}))),
              "invalid /signed_evidence_id");
    Json const finding = hold(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "heard");
    EXPECT_EQ(finding.at("documents").as_array().back().at("kind").as_string(), "hearing_record");
}

TEST_F(HearingTest, GivenUpTheCaseGoesOnWithoutIt) {
    FindingId const id = asked();
    call_off(id).value();
    clock.set(*row(id).defence_until);
    EXPECT_EQ(said(decide_so(id, breach("没有陈述却答复"))), "invalid /defence_answer");
    EXPECT_EQ(said(decide_so(id, breach())), "ok");
}

TEST_F(HearingTest, APutOffHearingIsCalledAnew) {
    FindingId const id = called();
    clock.advance(std::chrono::minutes{1});
    Json const put_off = compose_call(id, china("2026-03-20T09:30:00")).value();
    EXPECT_EQ(put_off.at("state").as_string(), "hearing_requested");
    EXPECT_EQ(put_off.at_pointer("/documents/1/replaced")->as_bool(), true);
    clock.set(earliest);
    EXPECT_EQ(said(hold(id)), "wrong-step");
}

// ------------------------------------------------------------------------------- new facts, and never
// heavier
TEST_F(HearingTest, NewFactsAreLookedAtBeforeTheDecision) {
    FindingId const id = noticed();
    domain::Defence defence{false, "该住房系继承所得。"};
    defence.new_facts = "继承公证书表明登记在后。";
    await(findings->defend(as("clerk"), id, defence)).value();
    clock.set(*row(id).defence_until);
    EXPECT_EQ(said(decide_so(id, breach("不予采纳。"))), "conflict");
    EXPECT_EQ(said(recheck(id, "verifier")), "same-person") << "the drafter does not look at it";
    recheck(id).value();
    EXPECT_EQ(said(recheck(id)), "wrong-step") << "nothing waits any more";
    EXPECT_EQ(said(decide_so(id, breach("不予采纳。"))), "ok");
}

TEST_F(HearingTest, NewFactsOfTheHearingWaitToo) {
    FindingId const id = called();
    clock.set(earliest);
    hold(id, "supervisor", "当庭提交新证据。").value();
    EXPECT_EQ(said(decide_so(id, breach("", "答复"))), "conflict");
    recheck(id).value();
    EXPECT_EQ(said(decide_so(id, breach("", "答复"))), "ok");
}

TEST_F(HearingTest, NoDecisionIsGraverThanTheNotice) {
    std::mt19937 dice(20261130);
    auto const any = [&](auto... words) {
        std::array const all{words...};
        return all[dice() % all.size()];
    };
    int refused = 0, taken = 0;
    for (int i = 0; i != 12; ++i) {
        clock.set(china("2026-03-02T09:00:00"));
        using enum FindingKind;
        domain::Gravity const told{any(false_statement, untrue_by_mistake),
                                   any(Culpability::negligent, Culpability::intentional),
                                   any(Severity::minor, Severity::general, Severity::serious)};
        filed = file_commitment();
        auto draft = draft_of(filed.task, {check(filed)});
        draft.kind = told.kind;
        draft.culpability = told.culpability;
        draft.severity = told.severity;
        in_a_place_with(list_rule("next_step.unfulfilled", R"("revoke","record")"));
        FindingId const id = *FindingId::parse(domain::parse_json(try_draft(std::move(draft)).value().body)
                                                   .value()
                                                   .at("finding_id")
                                                   .as_string());
        review(id).value();
        notify(id).value();
        bool const defended = i % 2 == 0;
        if (defended) defend(id).value();
        clock.set(*row(id).defence_until);
        domain::Decision decision = breach(defended ? "不予采纳。" : "");
        decision.kind = any(untrue_by_mistake, unfulfilled, false_statement);
        decision.culpability = any(Culpability::negligent, Culpability::intentional);
        decision.severity = any(Severity::minor, Severity::general, Severity::serious);
        domain::Gravity const wished{*decision.kind, *decision.culpability, *decision.severity};
        auto const outcome = decide_so(id, decision);
        EXPECT_EQ(outcome.has_value(), !wished.heavier_than(told)) << i;
        if (!outcome) EXPECT_TRUE(cites(outcome, "defence.never_heavier"));
        EXPECT_EQ(row(id).gravity(), outcome ? wished : told);
        EXPECT_FALSE(row(id).gravity().heavier_than(told));
        ++(outcome ? taken : refused);
    }
    EXPECT_GT(refused, 0);
    EXPECT_GT(taken, 0);
}

TEST_F(HearingTest, TheDatabaseKeepsNobodyGraverThanTold) {
    FindingId const id = noticed();
    clock.set(*row(id).defence_until);
    auto graver = row(id);
    graver.severity = Severity::serious;
    graver.state = domain::FindingState::decided;
    graver.decided_by = account("decider");
    try {
        store::update(db(), graver);
        FAIL() << "it was stored";
    } catch (db::DbError const& refused) {
        EXPECT_EQ(refused.constraint(), "finding_never_heavier");
    }
}

// ------------------------------------------------------------------------------------------------ who is let
// go
TEST_F(HearingTest, MinorSetRightAndHarmlessNothingFollows) {
    FindingId const id = reviewed(FindingKind::false_statement, {.harm = Harm::none, .corrected = true},
                                  Severity::minor, Culpability::negligent);
    EXPECT_EQ(shown(id).at_pointer("/law/leniency/kind")->as_string(), "must");
    notify(id).value();
    clock.set(*row(id).defence_until);
    auto const refused = decide_so(id, breach());
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_TRUE(cites(refused, "lenient.must"));
    EXPECT_EQ(said(decide(id, "decider", "", false)), "ok");
}

TEST_F(HearingTest, WithoutFaultNothingFollowsAndTheFirstTimeNeedNot) {
    FindingId const honest = reviewed(FindingKind::untrue_by_mistake,
                                      {.harm = Harm::slight, .first_time = true, .corrected = true},
                                      Severity::general, Culpability::none);
    EXPECT_EQ(shown(honest).at_pointer("/law/leniency/rule")->as_string(), "lenient.no_fault");
    FindingId const first =
        reviewed(FindingKind::false_statement, {.harm = Harm::slight, .first_time = true, .corrected = true});
    EXPECT_EQ(shown(first).at_pointer("/law/leniency/kind")->as_string(), "may");
    notify(first).value();
    clock.set(*row(first).defence_until);
    EXPECT_EQ(said(decide_so(first, breach())), "ok") << "it need not, and it may";
}

TEST_F(HearingTest, OnlyWhatThePlaceLetsFollowIsProposed) {
    filed = file_commitment();
    auto draft = draft_of(filed.task, {check(filed)});
    draft.circumstances.measures = {Measure::revoke, Measure::penalise};
    auto const refused = try_draft(draft);  // in Beijing a false statement is revoked and recorded
    EXPECT_EQ(said(refused), "invalid /measures/1");
    EXPECT_TRUE(cites(refused, "next_step.false"));
    EXPECT_EQ(count("findings"), 0);
}

// --------------------------------------------------------------------------------------------- how it is
// served
TEST_F(HearingTest, APaperThatWasLeftKeepsItsProof) {
    FindingId const id = drafted();
    review(id).value();
    compose(id).value();
    domain::Service service = service_now(domain::ServiceMethod::left);
    service.left_proof = domain::LeftProof::film;
    serve_notice(id, service).value();
    auto const paper = store::documents_of(db(), id).front();
    EXPECT_EQ(paper.service->method, domain::ServiceMethod::left);
    EXPECT_EQ(paper.service->left_proof, domain::LeftProof::film);
}

TEST_F(HearingTest, ElectronicServiceNamesTheConsentThatIsThere) {
    FindingId const id = drafted();
    review(id).value();
    EvidenceId const consent = receipt(id);  // the address was confirmed before there was a paper
    compose(id).value();
    domain::Service service = service_now(domain::ServiceMethod::electronic_with_consent);
    service.consent = EvidenceId{Uuid{}};
    EXPECT_EQ(said(serve_notice(id, service)), "invalid /consent_evidence_id");
    service.consent = consent;
    EXPECT_EQ(said(serve_notice(id, service)), "ok");
}

TEST_F(HearingTest, AWayThatThePlaceDoesNotHaveIsRefused) {
    in_a_place_with(list_rule("service.ways", R"("in_person")"));
    FindingId const id = drafted();
    review(id).value();
    auto const refused = notify(id, domain::ServiceMethod::mail);
    EXPECT_EQ(said(refused), "invalid /method");
    EXPECT_TRUE(cites(refused, "service.ways"));
}

// ------------------------------------------------------------------------------------------------ it falls
class RevocationTest : public HearingFixture {};

TEST_F(RevocationTest, UndoesAllThatFollowed) {
    RecordId const record = issued();
    platform_takes_all();
    EXPECT_TRUE(barred());
    Date const today = china_date(clock.now());
    Json const request = ask_revocation(finding, today).value();
    EXPECT_THAT(request.at("rule").as_string(), HasSubstr("withdraw.penalty_post 3 working_days"));
    EXPECT_EQ(state_of_record(record), "active") << "one person alone undoes nothing";
    decide_revocation(finding).value();
    EXPECT_EQ(state_of(finding), "cancelled");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    EXPECT_EQ(state_of_record(record), "withdrawn");
    EXPECT_EQ(shown(record), "invalid");
    EXPECT_FALSE(barred());
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "withdraw:queued"));
    EXPECT_EQ(said(ask_revocation(finding, today)), "wrong-step");
}

TEST_F(RevocationTest, TakesTwoPersonsAndThePaper) {
    issued();
    Date const today = china_date(clock.now());
    EXPECT_EQ(said(ask_revocation(finding, domain::add_calendar_days(today, 1))), "invalid /decided_on");
    EXPECT_EQ(said(ask_revocation(finding, parse_iso_date("2026-03-01").value())), "invalid /decided_on");
    EXPECT_EQ(said(await(revocations->ask(
                  as("verifier"), finding,
                  {domain::RevocationGround::own_mistake, "号", today, EvidenceId{Uuid{}}, "有误"}))),
              "invalid /evidence_id");
    EXPECT_EQ(said(ask_revocation(finding, today, "stranger")), "not-found");
    EXPECT_EQ(said(decide_revocation(finding)), "wrong-step");
    ask_revocation(finding, today).value();
    EXPECT_EQ(said(ask_revocation(finding, today)), "conflict");
    EXPECT_EQ(said(decide_revocation(finding, true, "verifier")), "same-person");
    decide_revocation(finding, false).value();
    EXPECT_EQ(state_of(finding), "effective");
    EXPECT_EQ(await(revocations->newest(as("clerk"), finding)).value().at("state").as_string(), "refused");
}

TEST_F(RevocationTest, BeforeTheRecordIsThereItNeverComes) {
    finding = effective();
    ask_revocation(finding, china_date(clock.now())).value();
    decide_revocation(finding).value();
    EXPECT_EQ(round().drafted, 0u) << "nothing waits for a record";
    EXPECT_EQ(rows("record_draft"), 0);
    EXPECT_FALSE(store::record_of_finding(db(), finding));
}

TEST_F(RevocationTest, OfAFindingThatIsNotInEffectThereIsNone) {
    FindingId const id = noticed();
    EXPECT_EQ(said(ask_revocation(id, china_date(clock.now()))), "wrong-step");
    EXPECT_EQ(said(await(revocations->newest(as("clerk"), id))), "not-found");
}

}  // namespace
}  // namespace sponsio::testing

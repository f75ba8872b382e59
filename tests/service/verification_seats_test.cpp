#include "server/store/conflicts.hpp"
#include "tests/service/inspection_world.hpp"

namespace sponsio::testing {
namespace {

using domain::CheckResult;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Seats = InspectionWorld;

TEST_F(Seats, TheFirstWhoClaimsLeadsAndTheSecondJoins) {
    Filed const filed = file_for_two();
    EXPECT_EQ(claim("verifier", filed.task), "ok");
    EXPECT_EQ(state_of(filed.task), "assigned");
    EXPECT_THAT(reasons(task(filed.task)), Contains("needs_second_inspector"));
    EXPECT_EQ(claim("verifier", filed.task), "same-person");
    EXPECT_EQ(claim("clerk", filed.task), "same-person");  // who filed it
    EXPECT_EQ(claim("verifier2", filed.task), "ok");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "verifier2"));
    EXPECT_THAT(reasons(task(filed.task)), Not(Contains("needs_second_inspector")));
    EXPECT_THAT(moves(filed.task.text()), ElementsAre(">created", "created>assigned", "assigned>assigned"));
}

TEST_F(Seats, ACheckByTwoBeginsWithTwo) {
    Filed const filed = file_for_two();
    ASSERT_EQ(claim("verifier", filed.task), "ok");
    EXPECT_EQ(start("verifier", filed.task), "conflict");
    EXPECT_EQ(commitment_state(filed.code), "effective");
    ASSERT_EQ(claim("verifier2", filed.task), "ok");
    EXPECT_EQ(start("verifier2", filed.task), "forbidden");  // does not lead
    EXPECT_EQ(start("verifier", filed.task), "ok");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
}

TEST_F(Seats, OfTwoWhoWantOneSeatOneGetsIt) {
    for (int round = 0; round != 10; ++round) {
        Filed const filed = file_for_two();
        ASSERT_EQ(reassign(filed.task, std::nullopt, "verifier3"), "ok");
        std::vector<boost::asio::awaitable<Outcome<Json>>> claims;
        claims.push_back(verifications->claim(as("verifier"), filed.task));
        claims.push_back(verifications->claim(as("verifier2"), filed.task));
        std::vector<std::string> words;
        for (auto const& outcome : await_all(std::move(claims))) words.push_back(said(outcome));
        EXPECT_THAT(words, UnorderedElementsAre("ok", "wrong-step"));
        EXPECT_EQ(sitting(filed.task).size(), 2u);
    }
}

TEST_F(Seats, EachHandsBackTheirOwn) {
    Filed const filed = file_for_two();
    ASSERT_EQ(claim("verifier", filed.task), "ok");
    ASSERT_EQ(claim("verifier2", filed.task), "ok");
    EXPECT_EQ(said(await(verifications->hand_back(as("verifier3"), filed.task))), "forbidden");
    EXPECT_EQ(said(await(verifications->hand_back(as("verifier2"), filed.task))), "ok");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier"));
    EXPECT_THAT(reasons(task(filed.task)), IsSupersetOf({"handed_back", "needs_second_inspector"}));
    ASSERT_EQ(claim("verifier2", filed.task), "ok");
    EXPECT_EQ(said(await(verifications->hand_back(as("verifier"), filed.task))), "ok");
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier2"));
    // The lead is free, and taken by whoever comes.
    EXPECT_EQ(claim("verifier3", filed.task), "ok");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier3", "verifier2"));
}

TEST_F(Seats, BothMayAddEvidenceAndNobodyElse) {
    Filed const filed = begun();
    add_evidence(filed.task, "甲", "verifier");
    add_evidence(filed.task, "乙", "verifier2");
    EXPECT_EQ(said(await(verifications->add_evidence(as("verifier3"), fresh_key(), filed.task, a_file()))),
              "forbidden");
    EXPECT_EQ(task(filed.task).at("evidence").as_array().size(), 2u);
}

TEST_F(Seats, WhoDeclaredAConflictWithTheCommitterDoesNotSitDown) {
    Filed const filed = file_commitment();
    store::insert(db(), store::ConflictRow{.id = service::new_id<ConflictId>(clock.now()),
                                           .account = account("verifier"),
                                           .kind = domain::ConflictKind::relative,
                                           .subject_index = Bytes(32, 7),
                                           .note = std::nullopt,
                                           .declared_at = clock.now()});
    EXPECT_EQ(claim("verifier", filed.task), "forbidden");
    EXPECT_EQ(reassign(filed.task, std::nullopt, "verifier"), "forbidden");
    EXPECT_EQ(claim("verifier2", filed.task), "ok");
}

// ------------------------------------------------------------------------------------------------ sign-off
TEST_F(Seats, ItIsClosedWhenBothHaveSigned) {
    Filed const filed = begun();
    ASSERT_EQ(conclude("verifier2", filed.task), "forbidden");
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "sign-off-missing");
    EXPECT_THAT(reasons(task(filed.task)), Contains("sign_off_missing"));
    EXPECT_EQ(sign("verifier3", filed.task), "forbidden");
    EXPECT_EQ(sign("verifier", filed.task), "same-person");
    EXPECT_EQ(sign("verifier2", filed.task), "ok");
    EXPECT_EQ(sign("verifier2", filed.task), "conflict");
    EXPECT_THAT(reasons(task(filed.task)), Not(Contains("sign_off_missing")));
    EXPECT_EQ(close("verifier", filed.task), "ok");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    Json const whole = task(filed.task);
    EXPECT_FALSE(whole.at("seats").as_array()[1].at("signed_off_at").is_null());
    EXPECT_THAT(reasons(whole), IsEmpty());
}

TEST_F(Seats, TheDatabaseToo) {
    Filed const filed = begun();
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    std::string const all =
        "update verification_task set state = 'closed', closed_at = now() where task_id = '" +
        filed.task.text() + "'";
    EXPECT_THROW(db().command(all), db::DbError);
    ASSERT_EQ(sign("verifier2", filed.task), "ok");
    EXPECT_NO_THROW(db().command(all));
}

TEST_F(Seats, ADissentIsKeptAndTheConclusionRedone) {
    Filed const filed = begun();
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    ASSERT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_EQ(sign("verifier2", filed.task, "现场情况与结论不符。"), "ok");
    EXPECT_EQ(state_of(filed.task), "in_progress");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    Json const redo = task(filed.task);
    EXPECT_TRUE(redo.at("result").is_null());
    EXPECT_EQ(redo.at("notes").as_array()[0].at("kind").as_string(), "dissent");
    EXPECT_EQ(redo.at("notes").as_array()[0].at("text").as_string(), "现场情况与结论不符。");
    Json const& earlier = redo.at("earlier_conclusions").as_array()[0];
    EXPECT_EQ(earlier.at("result").as_string(), "consistent");
    EXPECT_EQ(earlier.at("summary").as_string(), "登记信息与承诺一致。");
    EXPECT_EQ(earlier.at("set_aside_why").as_string(), "dissent");

    add_evidence(filed.task);
    ASSERT_EQ(conclude("verifier", filed.task, CheckResult::inconsistent), "ok");
    EXPECT_EQ(close("verifier", filed.task), "sign-off-missing");
    EXPECT_EQ(sign("verifier2", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
}

TEST_F(Seats, TheWholeCourseNamesWhoAndWhen) {
    Filed const filed = begun();
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    ASSERT_EQ(sign("verifier2", filed.task), "ok");
    ASSERT_EQ(close("verifier", filed.task), "ok");
    std::vector<std::string> course;
    Json const whole = task(filed.task);
    for (Json const& event : whole.at("history").as_array())
        course.push_back(event.at("event").as_string() + " by " +
                         (event.at("by").is_null() ? "nobody" : login_of(event.at("by").as_string())));
    EXPECT_THAT(course,
                ElementsAre("created by clerk", "claim by verifier", "join by verifier2", "start by verifier",
                            "conclude by verifier", "sign_off by verifier2", "close by verifier"));
}

// ------------------------------------------------------------------------------------------- reassignment
TEST_F(Seats, ASupervisorPutsSomebodyInAnothersPlace) {
    Filed const filed = begun();
    EXPECT_EQ(reassign(filed.task, "verifier", "verifier3"), "ok");
    EXPECT_EQ(state_of(filed.task), "in_progress");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier3", "verifier2"));
    EXPECT_THAT(reasons(task(filed.task)), Contains("reassigned"));
    EXPECT_EQ(conclude("verifier", filed.task), "forbidden");
    EXPECT_EQ(conclude("verifier3", filed.task), "ok");
    EXPECT_EQ(task(filed.task).at("notes").as_array()[0].at("text").as_string(), "原承办人休假");
}

TEST_F(Seats, ReassignmentKeepsTheRulesOfConflict) {
    Filed const filed = begun();
    EXPECT_EQ(reassign(filed.task, "verifier", "verifier2"), "same-person");      // sits there already
    EXPECT_EQ(reassign(filed.task, "verifier", "clerk"), "same-person");          // filed it
    EXPECT_EQ(reassign(filed.task, "verifier", "decider"), "invalid /to");        // is no verifier
    EXPECT_EQ(reassign(filed.task, "verifier", "stranger"), "invalid /to");       // of another unit
    EXPECT_EQ(reassign(filed.task, "verifier3", "clerk"), "invalid /from");       // does not sit there
    EXPECT_EQ(reassign(filed.task, std::nullopt, "verifier3"), "invalid /from");  // which of the two?
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    ASSERT_EQ(sign("verifier2", filed.task), "ok");
    ASSERT_EQ(close("verifier", filed.task), "ok");
    EXPECT_EQ(reassign(filed.task, "verifier", "verifier3"), "wrong-step");
}

TEST_F(Seats, WhoConcludedCannotSignOffFromAnotherSeat) {
    Filed const filed = begun();
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    ASSERT_EQ(reassign(filed.task, "verifier", "verifier3"), "ok");
    ASSERT_EQ(reassign(filed.task, "verifier2", "verifier"), "ok");
    EXPECT_EQ(sign("verifier", filed.task), "same-person");
    EXPECT_EQ(close("verifier3", filed.task), "sign-off-missing");
}

// -------------------------------------------------------------------------------------- somebody leaves
TEST_F(Seats, NothingIsForgottenWhenSomebodyLeaves) {
    Filed const led = begun();
    Filed const joined = file_for_two();
    ASSERT_EQ(claim("verifier2", joined.task), "ok");
    ASSERT_EQ(claim("verifier", joined.task), "ok");
    Filed const concluded = begun();
    ASSERT_EQ(conclude("verifier", concluded.task), "ok");
    Filed const done = file_commitment();
    check(done, CheckResult::consistent);

    auto const regions = domain::Regions::from_resources().value();
    service::Registry const registry(regions, *vault, clock);
    ASSERT_TRUE(service::in_transaction(db(), [&](db::PgSession& db) {
        return registry.close(db, account("verifier"), account("supervisor"));
    }));

    EXPECT_EQ(state_of(led.task), "created");
    EXPECT_THAT(sitting(led.task), ElementsAre("verifier2"));
    EXPECT_THAT(reasons(task(led.task)), Contains("account_closed"));
    EXPECT_EQ(state_of(joined.task), "assigned");
    EXPECT_THAT(sitting(joined.task), ElementsAre("verifier2"));
    // What nobody is left to answer for is concluded anew.
    EXPECT_EQ(state_of(concluded.task), "created");
    EXPECT_EQ(commitment_state(concluded.code), "under_verification");
    EXPECT_EQ(task(concluded.task).at("earlier_conclusions").as_array()[0].at("set_aside_why").as_string(),
              "lead_left");
    EXPECT_EQ(state_of(done.task), "closed");
    EXPECT_THAT(sitting(done.task), ElementsAre("verifier"));

    EXPECT_EQ(claim("verifier3", led.task), "ok");
    EXPECT_EQ(start("verifier3", led.task), "ok");
    EXPECT_EQ(commitment_state(led.code), "under_verification");
    EXPECT_EQ(reassign(joined.task, std::nullopt, "verifier"), "invalid /to");
    EXPECT_FALSE(service::in_transaction(
        db(), [&](db::PgSession& db) { return registry.close(db, account("verifier"), std::nullopt); }));
}

TEST_F(Seats, NobodySitsDownWhoseAccountIsBeingClosed) {
    Filed const filed = file_commitment();
    db::PgSession closing(app());
    db::Tx tx(closing);
    close_account(closing, "verifier");
    std::vector<boost::asio::awaitable<Outcome<Json>>> claims;
    claims.push_back(verifications->claim(as("verifier"), filed.task));
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        tx.commit();
    });
    auto const outcome = await_all(std::move(claims));
    later.join();
    EXPECT_EQ(said(outcome.front()), "conflict");
    EXPECT_THAT(sitting(filed.task), IsEmpty());
}

}  // namespace
}  // namespace sponsio::testing

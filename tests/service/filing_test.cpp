#include "server/service/parties/credit_code_service.hpp"
#include "server/store/events.hpp"
#include "tests/service/filing_world.hpp"

#include <set>

namespace sponsio::testing {
namespace {

class Filing : public FilingWorld {};

TEST_F(Filing, AnswersWithCodeReceiptAndTask) {
    Json const answer = filed(fresh_key(), body());
    EXPECT_EQ(answer.at("commitment_code").as_string(), "11010520260302000001");
    EXPECT_EQ(answer.at("state").as_string(), "effective");
    std::string const content = answer.at_pointer("/receipt/content")->as_string();
    EXPECT_EQ(to_hex(crypto::sha256(as_bytes(content))),
              answer.at_pointer("/receipt/digest_sha256")->as_string());
    EXPECT_EQ(json::canonical(json::parse(content).value()), content);
    // 20 working days after 2 March 2026, over no holiday: 30 March.
    EXPECT_EQ(answer.at_pointer("/verification/due_on")->as_string(), "2026-03-30");
    EXPECT_EQ(answer.at_pointer("/verification/rule")->as_string(), "verify.matter 20 working_days");
    EXPECT_EQ(answer.at_pointer("/verification/calendar")->as_string().substr(0, 7), "cn-2026");
    EXPECT_EQ(moves(answer.at("commitment_code").as_string()),
              std::vector<std::string>{"notified>effective"});
    EXPECT_EQ(count("tasks"), 1);
}

TEST_F(Filing, StoresNothingPersonalInClear) {
    filed(fresh_key(), body());
    admin().command(
        "create temp table dumped as select row_to_json(c)::text as line from commitment c union all "
        "select row_to_json(k)::text from used_key k union all select row_to_json(e)::text from event "
        "e union all "
        "select row_to_json(t)::text from verification_task t");
    static constexpr db::BinaryQuery leaks{
        "leaks",
        "select count(*) from dumped where line like '%11010519491231002X%' or line like '%欧阳示例%' or "
        "line like '%申请公租房%'"};
    EXPECT_EQ(admin().exec(leaks)[0].get<std::int64_t>(0), 0);
    static constexpr db::BinaryQuery all{"all", "select count(*) from dumped"};
    EXPECT_GE(admin().exec(all)[0].get<std::int64_t>(0), 4);
}

TEST_F(Filing, RepeatsTheFirstAnswerForTheSameKey) {
    auto const first = file(keyed("k1"), body()).value();
    clock.advance(std::chrono::hours{30});
    auto const again = file(keyed("k1"), body()).value();
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.location, first.location);
    EXPECT_FALSE(first.replayed);
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(count("commitments"), 1);
}

TEST_F(Filing, SaysTheFirstAnswerEvenAfterTheStateMoved) {
    auto const first = file(keyed("k1"), body()).value();
    std::string const code = json::parse(first.body).value().at("commitment_code").as_string();
    ASSERT_TRUE(await(filing->withdraw(as("clerk"), code, "改为提交证明")));
    ASSERT_TRUE(await(filing->decide_withdrawal(as("supervisor"), code, {true, "同意"})));
    EXPECT_EQ(file(keyed("k1"), body()).value().body, first.body);
    auto const after = await(filing->commitment(as("clerk"), code));
    EXPECT_EQ(json::parse(after.value().json).value().at("state").as_string(), "withdrawn");
}

TEST_F(Filing, RefusesTheKeyForAnotherRequest) {
    ASSERT_TRUE(file(keyed("k1", "a"), body()));
    EXPECT_EQ(said(file(keyed("k1", "b"), body())), "idempotency-key-reused");
    EXPECT_EQ(count("commitments"), 1);
}

TEST_F(Filing, ConcurrentRepetitionsEndInOneCommitment) {
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 40; ++i) calls.push_back(filing->file(as("clerk"), keyed("same"), body()));
    std::set<std::string> bodies;
    std::size_t first = 0;
    for (auto& outcome : await_all(std::move(calls))) {
        bodies.insert(outcome.value().body);
        if (!outcome->replayed) ++first;
    }
    EXPECT_EQ(bodies.size(), 1u);
    EXPECT_EQ(first, 1u);
    EXPECT_EQ(count("commitments"), 1);
    EXPECT_EQ(count("tasks"), 1);
}

TEST_F(Filing, ManyAtOnceGetCodesOfTheirOwn) {
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 600; ++i) calls.push_back(filing->file(as("clerk"), fresh_key(), body()));
    std::set<std::string> locations;
    for (auto& outcome : await_all(std::move(calls))) locations.insert(outcome.value().location);
    EXPECT_EQ(locations.size(), 600u);
    EXPECT_EQ(count("commitments"), 600);
    EXPECT_EQ(count("tasks"), 600);
    EXPECT_LT(filing->stats().batches, 600u);
}

TEST_F(Filing, OneBadFilingDoesNotStopItsBatch) {
    Json wrong = body();
    wrong.as_object().set("notice_id", NoticeId{Uuid{}}.text());
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 50; ++i)
        calls.push_back(filing->file(as("clerk"), fresh_key(), i == 25 ? wrong : body()));
    auto const outcomes = await_all(std::move(calls));
    for (std::size_t i = 0; i != outcomes.size(); ++i)
        EXPECT_EQ(said(outcomes[i]), i == 25 ? "invalid /notice_id" : "ok");
    EXPECT_EQ(count("commitments"), 49);
}

TEST_F(Filing, AnswersEachOfManyFiledTogether) {
    // More than are decided on before the first of them are given to the database.
    constexpr std::size_t many = 200, again = 150, bad = 190;
    Json wrong = body();
    wrong.as_object().set("notice_id", NoticeId{Uuid{}}.text());
    std::vector<service::BulkFiling> filings;
    for (std::size_t i = 0; i != many; ++i)
        filings.push_back({keyed("k" + std::to_string(i == again ? 10 : i)), i == bad ? wrong : body()});
    auto const outcomes = await(filing->file_all(as("clerk"), std::move(filings)));
    ASSERT_EQ(outcomes.size(), many);
    EXPECT_EQ(outcomes[bad].error().problem, &problem::invalid);
    EXPECT_TRUE(outcomes[again]->replayed);
    EXPECT_EQ(outcomes[again]->receipt, outcomes[10]->receipt);
    std::set<std::string> codes;
    for (std::size_t i = 0; i != many; ++i)
        if (i != bad) codes.insert(outcomes[i].value().code);
    EXPECT_EQ(codes.size(), many - 2);
    EXPECT_EQ(count("commitments"), static_cast<std::int64_t>(many - 2));
}

TEST_F(Filing, IsDoneForANeighbourWhateverAnotherAgencySends) {
    filing.reset();
    start_filing(1, 32);
    constexpr std::size_t flood = 2000, own = 12;  // of 32 that may wait, two agencies have 16 each
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (std::size_t i = 0; i != flood; ++i)
        calls.push_back(filing->file(as("stranger"), fresh_key(), body()));
    for (std::size_t i = 0; i != own; ++i) calls.push_back(filing->file(as("clerk"), fresh_key(), body()));
    auto const outcomes = await_all(std::move(calls));
    std::size_t overloaded = 0;
    for (std::size_t i = 0; i != flood; ++i) overloaded += said(outcomes[i]) == "overloaded" ? 1 : 0;
    EXPECT_GT(overloaded, 0u);
    for (std::size_t i = flood; i != flood + own; ++i) EXPECT_EQ(said(outcomes[i]), "ok");
    EXPECT_EQ(count("commitments"), static_cast<std::int64_t>(own));
}

TEST_F(Filing, KnowsOnlyItsOwnNotices) {
    EXPECT_EQ(said(await(filing->file(as("stranger"), fresh_key(), body()))), "invalid /notice_id");
    auto const mine = filed(fresh_key(), body());
    EXPECT_EQ(said(await(filing->commitment(as("stranger"), mine.at("commitment_code").as_string()))),
              "not-found");
    EXPECT_EQ(said(await(filing->withdraw(as("stranger"), mine.at("commitment_code").as_string(), "x"))),
              "not-found");
}

TEST_F(Filing, RefusesANoticeOfAVersionSupersededLongAgo) {
    std::string const old = notice;
    ASSERT_TRUE(replan(1, [](auto&) {}));
    std::string const given = std::exchange(notice, old);
    clock.set(china("2026-04-02T09:00:00"));
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-04-02"))), "notice-stale");
    EXPECT_EQ(count("commitments"), 0);
    EXPECT_EQ(said(replan(1, [](auto&) {})), "precondition-failed");
    notice = given;
    EXPECT_EQ(filed(fresh_key(), body_of("2026-04-02")).at("matter_version").as_int(), 2);
}

/// One writer: it takes a block of serials of its own, so the codes of two have gaps.
class FilingOfOneWriter : public Filing {
  protected:
    [[nodiscard]] unsigned writers() const override { return 1; }
};

TEST_F(FilingOfOneWriter, RefusesAKnownNoticeWhenItHasGrownOld) {
    filed(fresh_key(), body());
    std::string const old = notice;
    ASSERT_TRUE(replan(1, [](auto&) {}));
    clock.set(china("2026-04-02T09:00:00"));
    Json const under_new = body_of("2026-04-02");
    std::string const first = filed(fresh_key(), under_new).at("commitment_code").as_string();
    std::string const given = std::exchange(notice, old);
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-04-02"))), "notice-stale");
    EXPECT_EQ(count("commitments"), 2);
    notice = given;
    // What had been written of the refused one took no code with it.
    EXPECT_EQ(first, "11010520260402000001");
    EXPECT_EQ(filed(fresh_key(), under_new).at("commitment_code").as_string(), "11010520260402000002");
}

TEST_F(Filing, ABreachBarsTheSamePersonUnderEveryWayOfWritingTheNumber) {
    auto const first = filed(fresh_key(), body("110105491231002"));
    admin().command("update commitment set state = 'breached'");
    EXPECT_EQ(said(file(fresh_key(), body("11010519491231002x"))), "not-eligible");
    EXPECT_EQ(said(file(fresh_key(), body("440524188001010014"))), "ok");
    admin().command("update commitment set state = 'fulfilled' where state = 'breached'");
    EXPECT_EQ(said(file(fresh_key(), body())), "ok");
}

// Such codes are in the register. One person alone could have mistyped any other.
TEST_F(Filing, ACodeWithAWrongCheckCharacterIsFiledForWhenTwoPeopleVouchForIt) {
    std::string const odd = "91350100M000100Y44";
    Json company = body();
    company.as_object().set("committer",
                            JsonObject{{"kind", "organisation"},
                                       {"name", "示例有限公司"},
                                       {"document", JsonObject{{"type", "uscc"}, {"number", odd}}}});
    auto const refusal = [&] {
        auto const refused = file(fresh_key(), company);
        return refused ? "" : std::string(refused.error().fields.at(0).reason->word);
    };
    service::CreditCodeService codes(*executor, *vault, clock);
    EXPECT_EQ(refusal(), "unconfirmed_code");
    auto const entered =
        await(codes.enter(as("clerk"), fresh_key(), {odd, "示例有限公司", "营业执照，2014-05-06 颁发"}));
    ASSERT_TRUE(entered);
    EXPECT_EQ(entered->location, "/v1/credit-codes/" + odd);
    EXPECT_EQ(refusal(), "unconfirmed_code");
    EXPECT_EQ(said(await(codes.confirm(as("clerk"), odd))), "same-person");
    EXPECT_EQ(said(await(codes.confirm(as("stranger"), odd))), "not-found") << "of another agency";
    EXPECT_EQ(refusal(), "unconfirmed_code");
    EXPECT_EQ(await(codes.confirm(as("reviewer"), odd)).value().at("state").as_string(), "confirmed");
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(said(await(codes.enter(as("clerk"), fresh_key(), {odd, "另一公司", "x"}))), "conflict");
    auto const kept = store::history(db(), as("clerk").who->organisation.text() + " " + odd);
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[1].event, "confirm");
    EXPECT_EQ(kept[1].actor, account("reviewer"));
}

TEST_F(Filing, TheSerialsOfADayComeToAnEnd) {
    admin().command(
        "insert into commitment_serial (region_code, made_on, next_serial) values ('110105', '2026-03-02', "
        "999999)");
    EXPECT_EQ(filed(fresh_key(), body()).at("commitment_code").as_string(), "11010520260302999999");
    EXPECT_EQ(said(file(fresh_key(), body())), "conflict");
}

TEST_F(Filing, GoesOnWithNewSerialsAfterAKill) {
    auto const before = filed(fresh_key(), body()).at("commitment_code").as_string();
    filing.reset();
    start_filing(1);
    auto const after = filed(fresh_key(), body()).at("commitment_code").as_string();
    EXPECT_GT(after, before);
}

TEST_F(Filing, TheServersRoleCannotChangeWhatWasPromised) {
    filed(fresh_key(), body());
    for (char const* sql :
         {"update commitment set sealed = ''", "delete from commitment",
          "update commitment set accepted_at = now()", "delete from event", "update event set why = 'x'",
          "truncate event", "truncate used_key", "update used_key set resource = 'x'"})
        EXPECT_THROW(db().command(sql), db::DbError) << sql;
    EXPECT_NO_THROW(db().command("update commitment set state = state"));
}

}  // namespace
}  // namespace sponsio::testing

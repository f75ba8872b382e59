#include "server/service/log/audit_chain.hpp"

#include "server/service/unit/history_view.hpp"
#include "server/service/unit/query_history.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::AuditChain;
using ::testing::Contains;
using ::testing::HasSubstr;

/// A history of some filings that was chained and logged.
class AuditChainTest : public LogFixture {
  protected:
    void SetUp() override {
        LogFixture::SetUp();
        start();
        file_many("first", 20);
        ASSERT_GT(chain(), 0u);
        file_many("second", 20);
        ASSERT_GT(chain(), 0u);
        ASSERT_EQ(damage(), std::vector<std::string>{});
    }

    std::size_t chain() {
        AuditChain history({.db = *executor,
                            .clock = clock,
                            .before_first = [this](db::PgSession&) -> Outcome<std::size_t> {
                                return std::size_t{++firsts < 4 ? 1U : 0U};
                            },
                            .leaves_waiting = [this] { filing->log_waiting(); }});
        return history.round(as("clerk").deadline).value();
    }

    /// Past the triggers, as the owner of the database can.
    void strike(std::string const& sql) {
        admin().command("set session_replication_role = replica");
        admin().command(sql);
        admin().command("set session_replication_role = default");
    }

    void is_found(std::string const& sql, std::string const& what = "are not those of the history") {
        strike(sql);
        auto const found = damage();
        EXPECT_FALSE(found.empty()) << sql;
        EXPECT_THAT(found, Contains(HasSubstr(what))) << sql;
    }

    int firsts = 0;
};

TEST_F(AuditChainTest, EndsWhereAnybodyWhoReadsTheEventsComesTo) {
    crypto::Digest head{};
    std::int64_t events = 0, last = 0;
    for (auto const& row : store::events_between(db(), 0, std::int64_t{1} << 60, 1000)) {
        std::string const text = json::canonical(Json(service::audit_view(row)));
        head = crypto::sha256(as_bytes(to_string(ByteView(head)) + text));
        last = row.id;
        ++events;
    }
    EXPECT_EQ(store::last_audit_run(db()), (store::AuditRun{last, events, head}));
    auto const leaves = store::leaves_about(db(), "audit", std::to_string(last));
    ASSERT_EQ(leaves.size(), 1u);
    Json const said = json::parse(leaves.front().leaf.content.value()).value();
    EXPECT_EQ(said.at("head_sha256"), Json(to_hex(head)));
    EXPECT_EQ(said.at("events"), Json(events));
}

TEST_F(AuditChainTest, GoesOnFromTheLastRunAndDoesNothingWithoutEvents) {
    EXPECT_EQ(firsts, 4);
    EXPECT_EQ(chain(), 0u);
    store::AuditRun const before = store::last_audit_run(db());
    file_many("third", 1);
    EXPECT_GT(chain(), 0u);
    EXPECT_GT(store::last_audit_run(db()).events, before.events);
    EXPECT_EQ(store::audit_run_behind(db(), before.last_event), store::last_audit_run(db()));
    EXPECT_EQ(firsts, 4);
    EXPECT_EQ(damage(), std::vector<std::string>{});
}

TEST_F(AuditChainTest, AnEventByAnotherActorIsFound) {
    is_found("update event set actor = '00000000-0000-7000-8000-000000000000' where event_id = 3");
}

TEST_F(AuditChainTest, AnEventByTheSystemAllOfASuddenIsFound) {
    is_found("update event set actor = null where event_id = 3");
}

TEST_F(AuditChainTest, AnEventAtAnotherTimeIsFound) {
    is_found("update event set at = at - interval '1 day' where event_id = 30");
}

TEST_F(AuditChainTest, AnEventWithAnotherReasonIsFound) {
    is_found("update event set why = 'no reason' where event_id = 3");
}

TEST_F(AuditChainTest, AnEventThatIsGoneIsFound) {
    is_found("delete from event where event_id = 3");
}

TEST_F(AuditChainTest, AnEventThatWasPutInBetweenIsFound) {
    strike("delete from event where event_id = 3");
    is_found(
        "insert into event overriding system value select shard, 3, at, lifecycle, subject, from_state, "
        "event, "
        "to_state, actor, why, rule, actor_kind from event where event_id = 4");
}

TEST_F(AuditChainTest, AHeadThatFitsWhatWasAlteredIsNotTheOneThatWasLogged) {
    strike("update event set why = 'no reason' where event_id = 3");
    is_found("update audit_run set head = sha256(head)");
}

TEST_F(AuditChainTest, ARunThatIsGoneIsMissed) {
    strike("delete from event where event_id > 50");
    is_found("delete from audit_run where events > 50", "1 logged heads of the history have no row");
}

TEST_F(AuditChainTest, TheServersRoleChangesNeitherEventsNorRuns) {
    for (std::string const statement : {"update event set why = 'x'", "delete from event",
                                        "update audit_run set events = 1", "delete from audit_run"})
        EXPECT_THROW(db().command(statement), db::DbError) << statement;
}

/// Queries of personal data of which the chained history tells.
class ToldQueriesTest : public AuditChainTest {
  protected:
    void SetUp() override {
        AuditChainTest::SetUp();
        for (int i = 0; i != 5; ++i) ask();
        ASSERT_EQ(chain(), 0u);  // they are told of, and in the next run that is chained
        ASSERT_EQ(chain(), 1u);
        ASSERT_EQ(damage(), std::vector<std::string>{});
    }

    void ask() {
        auto const clerk = as("clerk");
        store::insert(db(), {.at = clock.now(),
                             .organisation = clerk.who->organisation,
                             .account = clerk.who->account,
                             .purpose = domain::Purpose::case_handling,
                             .route = "GET /v1/commitments/{commitment_code}",
                             .subjects = {std::vector<std::uint8_t>(32, 7)},
                             .fields = {"committer"}});
    }

    std::size_t kept() { return store::personal_queries_between(db(), 0, 1'000'000, 1000).size(); }

    std::size_t end(Instant since) {
        return service::end_told_queries(db(), {{as("clerk").who->region_code}, {since}}, clock.now());
    }

    static constexpr char const* what = "queries of personal data up to number 5 are not those";
};

TEST_F(ToldQueriesTest, OneByAnotherAccountIsFound) {
    is_found(
        "update personal_query set account_id = (select account_id from account where account_id <> "
        "personal_query.account_id limit 1) where query_id = 3",
        what);
}

TEST_F(ToldQueriesTest, OneForAnotherPurposeIsFound) {
    is_found("update personal_query set purpose = 'audit' where query_id = 5", what);
}

TEST_F(ToldQueriesTest, OneAboutAnotherPersonIsFound) {
    is_found("update personal_query set subjects = array[sha256('x')] where query_id = 1", what);
}

TEST_F(ToldQueriesTest, OneThatIsGoneIsFound) {
    is_found("delete from personal_query where query_id = 1", what);
}

TEST_F(ToldQueriesTest, OneThatWasPutInBetweenIsFound) {
    strike("delete from personal_query where query_id = 2");
    is_found(
        "insert into personal_query (query_id, at, organisation_id, account_id, purpose, route, about, "
        "subjects, "
        "fields) overriding system value select 2, at, organisation_id, account_id, purpose, route, about, "
        "subjects, '{committer,document}' from personal_query where query_id = 3",
        what);
}

TEST_F(ToldQueriesTest, AnEndThatWasNeverToldIsFound) {
    is_found("delete from personal_query", what);
}

TEST_F(ToldQueriesTest, AnEventWithoutNumbersIsFoundAndNothingStops) {
    is_found("update event set to_state = 'x' where event = 'told'", "");
    ask();
    EXPECT_EQ(chain(), 0u);
    EXPECT_EQ(chain(), 1u) << "it is told of anew";
}

TEST_F(ToldQueriesTest, AStretchEndsAsAWholeOnceNothingOfItIsKept) {
    Instant const before = clock.now();
    clock.advance(std::chrono::hours{48});
    ask();
    chain();
    chain();
    EXPECT_EQ(end(before), 0u) << "all of the first stretch is kept";
    EXPECT_EQ(end(clock.now()), 5u);
    EXPECT_EQ(end(clock.now()), 0u) << "the second stretch is kept";
    EXPECT_EQ(kept(), 1u);
    chain();
    EXPECT_EQ(damage(), std::vector<std::string>{});
    EXPECT_EQ(end(clock.now() + std::chrono::seconds{1}), 1u);
    EXPECT_EQ(kept(), 0u);
    chain();
    EXPECT_EQ(damage(), std::vector<std::string>{});
}

TEST_F(ToldQueriesTest, WhatIsNotToldYetDoesNotEnd) {
    ask();
    EXPECT_EQ(end(clock.now() + std::chrono::seconds{1}), 5u);
    EXPECT_EQ(end(clock.now() + std::chrono::seconds{1}), 0u);
    EXPECT_EQ(kept(), 1u);
}

/// Alarms look at states without a lock, so that their event may come behind a step that they did not see.
TEST_F(AuditChainTest, AReminderThatLookedBeforeTheLastStepIsNoDamage) {
    auto const tasks = store::events_between(db(), 0, std::int64_t{1} << 60, 1000);
    auto const made = std::ranges::find_if(
        tasks, [](auto const& row) { return row.event.lifecycle == "verification task"; });
    ASSERT_NE(made, tasks.end());
    store::append(db(), store::Event{.at = clock.now(),
                                     .lifecycle = made->event.lifecycle,
                                     .subject = made->event.subject,
                                     .from = "assigned",
                                     .event = "warned",
                                     .to = "assigned",
                                     .actor = domain::System{}});
    ASSERT_GT(chain(), 0u);
    EXPECT_EQ(damage(), std::vector<std::string>{});
}

/// What a row says of its state, and of who took a step and when, is what the history says.
TEST_F(AuditChainTest, FindsRowsThatSayOtherThanTheirEvents) {
    std::string const one = " where code = (select min(code) from commitment)";
    is_found("update commitment set state = 'withdrawn'" + one, "than the history (state)");
    strike("update commitment set state = 'effective'" + one);
    ASSERT_EQ(damage(), std::vector<std::string>{});
    is_found("update commitment set filed_by = gen_random_uuid()" + one,
             "than the history (filed_by, accepted_at)");
    strike(
        "update commitment c set filed_by = e.actor from event e where e.subject = c.code and e.event = "
        "'accept'");
    ASSERT_EQ(damage(), std::vector<std::string>{});
    std::string const task = " where task_id = (select min(task_id::text)::uuid from verification_task)";
    is_found("update verification_task set created_at = created_at - interval '1 day'" + task,
             "than the history (created_at)");
    strike("update verification_task set created_at = created_at + interval '1 day'" + task);
    is_found("delete from verification_task" + task, "than the history (state)");
}

}  // namespace
}  // namespace sponsio::testing

#include "server/service/log/audit_chain.hpp"

#include "server/service/unit/history_view.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::AuditChain;
using ::testing::Each;
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
        EXPECT_THAT(found, Each(HasSubstr(what))) << sql;
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

}  // namespace
}  // namespace sponsio::testing

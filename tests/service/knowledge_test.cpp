#include "crypto/keys/store.hpp"
#include "server/service/knowledge/service.hpp"
#include "server/service/log/keeper.hpp"
#include "server/store/idempotency.hpp"
#include "server/store/log.hpp"
#include "tests/service/finding_world.hpp"
#include "tests/support/invented_calendar.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using domain::Json;
using service::KnowledgeService;
using ::testing::HasSubstr;

/// Two processes on one database, each with what it knows.
class GivenKnowledge : public FindingWorld {
  protected:
    Outcome<service::Given> give(std::string bytes) {
        return service::in_transaction(db(), [&](db::PgSession& session) {
            return service::give_knowledge(session, bytes, std::nullopt, clock.now());
        });
    }

    [[nodiscard]] Deadline soon() const { return as("clerk").deadline; }

    domain::Knowledge one = domain::Knowledge::of({}).value(), other = domain::Knowledge::of({}).value();
};

TEST_F(GivenKnowledge, CountsInEveryProcessAndAfterEveryStart) {
    KnowledgeService here(*executor, one, clock), there(*executor, other, clock);
    EXPECT_EQ(here.round(soon()).value(), 0u);
    auto const given = give(invented_calendar(2027)).value();
    EXPECT_TRUE(given.is_new);
    EXPECT_EQ(here.round(soon()).value(), 1u);
    EXPECT_EQ(there.round(soon()).value(), 1u);
    EXPECT_EQ(here.round(soon()).value(), 0u);
    EXPECT_TRUE(one.calendar.knows(std::chrono::year{2027}));
    EXPECT_TRUE(other.calendar.knows(std::chrono::year{2027}));
    EXPECT_TRUE(service::knowledge_here(db())->calendar.knows(std::chrono::year{2027})) << "a start";
    EXPECT_EQ(moves(given.document.id.text()), std::vector<std::string>{">in_force"});
}

TEST_F(GivenKnowledge, IsKeptAsItWasGiven) {
    std::string const bytes = invented_calendar(2027, "1") + "\n ";
    auto const first = give(bytes).value();
    auto const again = give(bytes).value();
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.document.id, first.document.id);
    auto const other_bytes = give(invented_calendar(2027, "1"));
    EXPECT_EQ(other_bytes.error().problem, &problem::conflict);
    EXPECT_THAT(other_bytes.error().detail.en, HasSubstr("another content"));
    auto const kept = store::given_knowledge(db());
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(kept[0].document.bytes, bytes);
    EXPECT_EQ(kept[0].digest, crypto::sha256(as_bytes(bytes)));
    EXPECT_THROW(db().command("update given_knowledge set version = 'x'"), db::DbError);
    EXPECT_THROW(db().command("delete from given_knowledge"), db::DbError);
}

TEST_F(GivenKnowledge, RefusalsLeaveNothing) {
    for (std::string const& bad : {std::string("{"), std::string("{}"), invented_calendar(2026, "1"),
                                   invented_calendar(2027).substr(1)})
        EXPECT_FALSE(give(bad));
    EXPECT_TRUE(store::given_knowledge(db()).empty());
    EXPECT_EQ(store::last_given_knowledge(db()), 0);
}

TEST_F(GivenKnowledge, ListsWhatCounts) {
    give(invented_calendar(2027, "1")).value();
    give(invented_calendar(2027, "2")).value();
    std::map<std::string, bool> counts;
    for (Json const& known : service::known_documents(db()))
        counts[known.at("version").as_string()] = known.at("counts").as_bool();
    EXPECT_FALSE(counts.at("cn-2027.1"));
    EXPECT_TRUE(counts.at("cn-2027.2"));
    EXPECT_TRUE(counts.at("cn-2026.1"));
}

TEST_F(GivenKnowledge, IsGivenByWhoAnswersForAll) {
    KnowledgeService here(*executor, one, clock);
    auto const made = await(here.give(as("clerk"), invented_calendar(2027))).value();
    EXPECT_EQ(made.at("given_by").as_string(), account("clerk").text());
    EXPECT_TRUE(one.calendar.knows(std::chrono::year{2027})) << "at once";
    admin().command(
        "update organisation set superior_id = (select organisation_id from organisation where uscc = "
        "'11110105000000027U') where uscc = '111101050000000191'");
    EXPECT_EQ(await(here.give(as("clerk"), invented_calendar(2028))).error().problem, &problem::forbidden);
    EXPECT_EQ(store::given_knowledge(db()).size(), 1u);
}

TEST_F(GivenKnowledge, ANewRulePackGetsItsLeaf) {
    KnowledgeService here(*executor, one, clock);
    service::LogKeeper keeper({.db = *executor,
                               .vault = *vault,
                               .keys = [] { return std::vector<crypto::KeyEntry>{}; },
                               .rules = one.rules,
                               .clock = clock,
                               .leaves_waiting = [] {}});
    EXPECT_EQ(keeper.round(soon()).value(), one.rules.packs().size()) << "each that is carried";
    give(next_national_pack()).value();
    EXPECT_EQ(here.round(soon()).value(), 1u);
    EXPECT_EQ(keeper.round(soon()).value(), 1u);
    EXPECT_EQ(store::leaves_about(db(), "rules", "cn-national " + next_national_version()).size(), 1u);
}

/// As `sponsio migrate` leaves it.
class FreshDatabase : public PgFixture {};

// The server made no keys beside a database that had been given a calendar before its first start.
TEST_F(FreshDatabase, StillGetsItsKeysWhenACalendarWasGivenFirst) {
    EXPECT_FALSE(store::anything_sealed(db()));
    auto const given = service::in_transaction(db(), [](db::PgSession& session) {
        return service::give_knowledge(session, invented_calendar(2027), std::nullopt, Instant{});
    });
    ASSERT_TRUE(given);
    EXPECT_FALSE(store::anything_sealed(db()));
}

}  // namespace
}  // namespace sponsio::testing

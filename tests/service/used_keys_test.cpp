#include "server/service/keys/used_keys.hpp"

#include "server/db/migrate.hpp"
#include "server/store/events.hpp"
#include "server/store/idempotency.hpp"
#include "tests/service/filing_world.hpp"

namespace sponsio::testing {
namespace {

using namespace std::chrono_literals;

/// Idempotency-Keys: whose they are, and how long.
class UsedKeys : public FilingWorld {
  protected:
    Outcome<Created> file_as(std::string const& who, std::string const& key) {
        return await(filing->file(as(who), keyed(key), body()));
    }

    Outcome<Created> notice_as(std::string const& who, std::string const& key) {
        return await(matter_service->issue_notice(
            as(who), keyed(key),
            {"GZF-1", 1, domain::NoticeChannel::counter, domain::NoticeLanguage::chinese}));
    }

    std::int64_t keys_left() {
        static constexpr db::BinaryQuery count{"keys", "select count(*) from used_key"};
        return admin().exec(count)[0].get<std::int64_t>(0);
    }
};

TEST_F(UsedKeys, AreTheAccountsOwn) {
    auto const first = file_as("clerk", "k").value();
    auto const other = file_as("verifier", "k").value();  // of the same organisation
    EXPECT_FALSE(other.replayed);
    EXPECT_NE(other.location, first.location);
    EXPECT_EQ(file_as("clerk", "k").value().body, first.body);
    EXPECT_EQ(file_as("verifier", "k").value().body, other.body);

    auto const notice = notice_as("clerk", "n").value();
    auto const others = notice_as("verifier", "n").value();
    EXPECT_FALSE(others.replayed);
    EXPECT_NE(others.location, notice.location);
    EXPECT_EQ(notice_as("clerk", "n").value().location, notice.location);
}

TEST_F(UsedKeys, AreTheAccountsOwnInOneBatch) {
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 20; ++i)
        calls.push_back(filing->file(as(i % 2 ? "clerk" : "verifier"), keyed("same"), body()));
    std::set<std::string> made;
    for (auto& outcome : await_all(std::move(calls))) made.insert(outcome.value().location);
    EXPECT_EQ(made.size(), 2U);
}

TEST_F(UsedKeys, EndAfterThreeDays) {
    auto const first = file_as("clerk", "k").value();
    auto const notice = notice_as("clerk", "n").value();
    clock.advance(72h - 1s);
    EXPECT_TRUE(file_as("clerk", "k").value().replayed);
    EXPECT_TRUE(notice_as("clerk", "n").value().replayed);
    clock.advance(1s);
    auto const later = file_as("clerk", "k").value();
    EXPECT_FALSE(later.replayed);
    EXPECT_NE(later.location, first.location);
    EXPECT_EQ(file_as("clerk", "k").value().body, later.body);
    auto const later_notice = notice_as("clerk", "n").value();
    EXPECT_FALSE(later_notice.replayed);
    EXPECT_NE(later_notice.location, notice.location);
    EXPECT_EQ(notice_as("clerk", "n").value().location, later_notice.location);
}

TEST_F(UsedKeys, AreForgottenByTheWay) {
    for (int i = 0; i != 5; ++i) ASSERT_TRUE(file_as("clerk", "old" + std::to_string(i)));
    std::int64_t const old = keys_left();
    ASSERT_GE(old, 5);
    clock.advance(72h);
    ASSERT_TRUE(file_as("clerk", "new"));
    service::UsedKeys keys(*executor, clock);
    auto const deadline = std::chrono::steady_clock::now() + 30s;
    EXPECT_EQ(keys.round(deadline).value(), static_cast<std::size_t>(old));
    EXPECT_EQ(keys.round(deadline).value(), 0U);
    EXPECT_EQ(keys_left(), 1);
    EXPECT_TRUE(file_as("clerk", "new").value().replayed);
    clock.advance(72h);
    EXPECT_EQ(keys.round(deadline).value(), 1U);
    EXPECT_EQ(keys_left(), 0);
    EXPECT_TRUE(store::anything_sealed(db()));  // the commitments are
}

/// The key that a step came with, as the route hands it to the service.
class StepKeys : public UsedKeys {
  protected:
    std::shared_ptr<service::Once> step_key(std::string const& key, std::string const& content = "withdraw") {
        return std::make_shared<service::Once>(keyed(key, content), "/v1/commitments/x/withdrawal", *vault,
                                               clock);
    }

    boost::asio::awaitable<Outcome<service::Document>> withdraw(std::string const& who, std::string code,
                                                                std::shared_ptr<service::Once> once) {
        auto caller = as(who);
        caller.once = std::move(once);
        return filing->withdraw(caller, std::move(code), "改交证明");
    }

    std::string commitment() {
        return filed(keyed(fresh_key().key), body()).at("commitment_code").as_string();
    }
};

TEST_F(StepKeys, AStepThatIsRepeatedGetsItsFirstAnswer) {
    std::string const code = commitment();
    std::int64_t const keys = keys_left();
    auto const first_use = step_key("s");
    auto const first = await(withdraw("clerk", code, first_use));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first_use->taken());
    EXPECT_FALSE(first_use->replayed());
    EXPECT_EQ(keys_left(), keys + 1);
    auto const moved = moves(code);

    auto const again_use = step_key("s");
    auto const again = await(withdraw("clerk", code, again_use));
    EXPECT_EQ(again.value().json, first->json);
    EXPECT_TRUE(again_use->replayed());
    EXPECT_EQ(moves(code), moved);
    EXPECT_EQ(keys_left(), keys + 1);

    EXPECT_EQ(await(withdraw("clerk", code, step_key("s", "another"))).error().problem,
              &problem::idempotency_key_reused);
    EXPECT_EQ(await(withdraw("clerk", code, step_key("t"))).error().problem, &problem::conflict);
    EXPECT_EQ(await(withdraw("clerk", code, nullptr)).error().problem, &problem::conflict);
    EXPECT_EQ(await(withdraw("verifier", code, step_key("s"))).error().problem, &problem::conflict)
        << "another account of the same organisation was given this one's answer";

    clock.advance(72h);
    EXPECT_EQ(await(withdraw("clerk", code, step_key("s"))).error().problem, &problem::conflict);
}

TEST_F(StepKeys, TheAnswerOfAStepIsSealed) {
    std::string const code = commitment();
    ASSERT_TRUE(await(withdraw("clerk", code, step_key("s"))));
    static constexpr db::BinaryQuery clear{
        "clear",
        "select count(*) from used_key where answer is not null and (wrapped_key is null or "
        "position(convert_to('欧阳示例', 'UTF8') in answer) > 0)"};
    EXPECT_EQ(admin().exec(clear)[0].get<std::int64_t>(0), 0);
}

TEST_F(StepKeys, WhatWasRefusedIsLookedAtAnew) {
    std::string const code = commitment();
    EXPECT_EQ(await(withdraw("stranger", code, step_key("r"))).error().problem, &problem::not_found);
    EXPECT_EQ(await(withdraw("clerk", "11010520260302999999", step_key("r"))).error().problem,
              &problem::not_found);
    EXPECT_TRUE(await(withdraw("clerk", code, step_key("r"))));
}

TEST_F(StepKeys, OfManyAtOnceOneTakesTheStepAndAllGetItsAnswer) {
    std::string const code = commitment();
    std::vector<boost::asio::awaitable<Outcome<service::Document>>> calls;
    for (int i = 0; i != 8; ++i) calls.push_back(withdraw("clerk", code, step_key("m")));
    std::set<std::string> answers;
    for (auto& outcome : await_all(std::move(calls))) answers.insert(outcome.value().json);
    EXPECT_EQ(answers.size(), 1U);
}

/// Before the first keys are made something may be given already, such as a calendar.
class NothingSealed : public PgFixture {};

TEST_F(NothingSealed, InADatabaseThatOnlyKnowsEvents) {
    EXPECT_FALSE(store::anything_sealed(db()));
    store::append(db(), store::Event{.at = SystemClock{}.now(),
                                     .lifecycle = "calendar",
                                     .subject = "cn-2027",
                                     .from = std::nullopt,
                                     .event = "given",
                                     .to = "given",
                                     .actor = domain::System{}});
    EXPECT_FALSE(store::anything_sealed(db()));
}

/// The database of before, filled and in use while it is brought up to date.
class UsedKeysOfBefore : public EmptyPgFixture {
  protected:
    static constexpr std::string_view organisation = "00000000-0000-7000-8000-00000000000a",
                                      account = "00000000-0000-7000-8000-00000000000b";

    static OrganisationId its_organisation() { return OrganisationId::parse(organisation).value(); }

    static AccountId its_account() { return AccountId::parse(account).value(); }

    /// As the program before stores the key of a filing.
    void use_as_before(db::PgSession& session, std::string const& key, std::string const& serial) {
        session.command(
            "insert into idempotency_key (organisation_id, key, request_digest, resource, status, "
            "created_at) "
            "select o, k, sha256('x'), r, 201, '2026-03-02T01:00:00Z' from unnest(array['" +
            std::string(organisation) + "']::uuid[], array['" + key + "'], array['11010520260302" + serial +
            "']) as q(o, k, r)");
        session.command(
            "insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, "
            "filed_by, made_on, "
            "accepted_at, committer_kind, committer_index, sealed, content_digest) values (1, "
            "'11010520260302" +
            serial + "', gen_random_uuid(), gen_random_uuid(), 1, '" + std::string(organisation) + "', '" +
            std::string(account) +
            "', '2026-03-02', '2026-03-02T01:00:00Z', 'organisation', 'x', 'x', sha256('x'))");
    }

    std::string seen_as_before(db::PgSession& session) {
        static constexpr db::BinaryQuery look{
            "before",
            "select coalesce(string_agg(k.key, ' ' order by k.key), '') from organisation o "
            "join idempotency_key k using (organisation_id)"};
        return session.exec(look)[0].get<std::string>(0);
    }
};

TEST_F(UsedKeysOfBefore, GoOnForTheProgramOfBeforeAndForThisOne) {
    db::MigrateOptions all = db::embedded_migrations(superuser().uri).value();
    auto const this_one = std::ranges::find(all.migrations, "used_keys", &db::Migration::name);
    ASSERT_NE(this_one, all.migrations.end());
    db::MigrateOptions before = all;
    before.migrations.assign(all.migrations.begin(), this_one);
    ASSERT_TRUE(db::migrate(before));
    db::PgSession old_session(app());
    old_session.command("insert into organisation values ('" + std::string(organisation) +
                        "', '121101050000000229', '甲', 'government', '110105', null, now())");
    old_session.command("insert into account values ('" + std::string(account) + "', '" +
                        std::string(organisation) + "', 'clerk', '乙', array['clerk'], now())");
    use_as_before(old_session, "early", "000001");

    ASSERT_TRUE(db::migrate(all));
    // This one finds the key under the account.
    auto const early = store::first_use(db(), its_account().raw(), its_organisation(), "early");
    ASSERT_TRUE(early);
    EXPECT_EQ(early->owner, its_account().raw());
    EXPECT_EQ(early->resource, "11010520260302000001");
    // The one before goes on with its own words, on the session it had.
    EXPECT_EQ(seen_as_before(old_session), "early");
    use_as_before(old_session, "late", "000002");
    EXPECT_EQ(seen_as_before(old_session), "early late");
    for (char const* key : {"early", "late"}) {
        try {
            use_as_before(old_session, key, "000003");
            FAIL() << key << " was taken twice";
        } catch (db::DbError const& error) {
            EXPECT_EQ(error.kind(), db::ErrorKind::unique);
            EXPECT_EQ(error.constraint(), "idempotency_key_pkey");
        }
    }
    // What it stores meanwhile becomes the account's too.
    Instant const ended_by = parse_rfc3339("2026-03-01T00:00:00Z").value();
    EXPECT_EQ(store::first_use(db(), its_account().raw(), its_organisation(), "late")->owner,
              its_organisation().raw());
    EXPECT_EQ(store::give_keys_to_accounts(db(), ended_by), 1U);
    EXPECT_EQ(store::first_use(db(), its_account().raw(), its_organisation(), "late")->owner,
              its_account().raw());
    EXPECT_EQ(store::give_keys_to_accounts(db(), ended_by), 0U);
}

}  // namespace
}  // namespace sponsio::testing

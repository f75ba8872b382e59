#include "server/service/log/audit_chain.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/parties/registry.hpp"
#include "server/service/parties/taking_over.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/reach.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::insert_proven;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct ColumnOfTable {
    std::string table, column, type;
};

/// Whoever writes to the database without a key of the server gives nobody a right, and is found.
class ProvenRegistry : public LogFixture {
  protected:
    void SetUp() override {
        LogFixture::SetUp();
        start();
        Instant const now = clock.now();
        Instant const end = now + std::chrono::days(7);
        auto const secret = service::make_secret("spn_");
        token = secret.text;
        auto const token_id = service::new_id<TokenId>(now);
        insert_proven(db(), *vault,
                      store::Token{.id = token_id,
                                   .account = account("clerk"),
                                   .digest = secret.digest,
                                   .created_at = now,
                                   .expires_at = end});
        insert_proven(db(), *vault,
                      store::GrantRow{.id = service::new_id<GrantId>(now),
                                      .account = account("clerk"),
                                      .role = domain::Role::auditor,
                                      .purpose = domain::Purpose::audit,
                                      .scope = std::nullopt,
                                      .region = "",
                                      .legal_basis = "示例办法第三条",
                                      .from = now,
                                      .until = end,
                                      .given_by = std::nullopt,
                                      .given_at = now,
                                      .confirmed_by = account("reviewer"),
                                      .confirmed_at = now});
        insert_proven(db(), *vault,
                      store::Enrolment{.id = service::new_id<store::EnrolmentId>(now),
                                       .account = account("clerk"),
                                       .digest = secret.digest,
                                       .made_by = std::nullopt,
                                       .made_at = now,
                                       .ends_at = end,
                                       .token = std::nullopt});
        insert_proven(db(), *vault,
                      store::SigningKey{account("clerk"), std::string(42, 'k') + 'z', "{}", now});
        insert_proven(db(), *vault,
                      store::Passkey{service::new_id<PasskeyId>(now), account("clerk"),
                                     std::string(21, 'c') + 'z', "sponsio.example", "{}", "桌面", 1, now});
        insert_proven(db(), *vault,
                      store::ExposureAuthorityRow{.id = service::new_id<ExposureAppointmentId>(now),
                                                  .authority = domain::ExposureAuthority::justice,
                                                  .region = "110105",
                                                  .organisation = as("clerk").who->organisation,
                                                  .appointed_by = account("clerk"),
                                                  .appointed_at = now,
                                                  .confirmed_by = account("reviewer"),
                                                  .confirmed_at = now});
        // There is no case here, and none is needed.
        admin().command("set session_replication_role = replica");
        auto const subject = service::new_id<domain::SubjectId>(now);
        auto const finding = service::new_id<FindingId>(now);
        insert_proven(
            admin(), *vault,
            store::CaseCodeRow{service::new_id<DocumentId>(now), finding, subject, secret.digest, now});
        insert_proven(admin(), *vault,
                      store::CaseSessionRow{service::new_id<CaseSessionId>(now), finding, subject,
                                            secret.digest, now, end});
        admin().command("set session_replication_role = default");
        access = std::make_unique<service::AccessService>(*executor, *vault, clock);
    }

    void TearDown() override {
        access.reset();
        LogFixture::TearDown();
    }

    std::string sign_in(std::string const& with) {
        access->forget();
        return said(await(access->authenticate(with, as("clerk").deadline)));
    }

    /// Past triggers and foreign keys, as the owner of the database can. False: a CHECK refused it.
    bool strike(std::string const& sql) {
        admin().command("set session_replication_role = replica");
        bool done = true;
        try {
            admin().command(sql);
        } catch (db::DbError const& error) {
            if (error.kind() != db::ErrorKind::check) throw;
            done = false;
        }
        admin().command("set session_replication_role = default");
        return done;
    }

    /// Every column of the registry; `document` and its key vouch for themselves, and the proof is what is
    /// tried.
    std::vector<ColumnOfTable> columns() {
        static constexpr db::BinaryQuery query{
            "test.registry_columns",
            "select c.relname::text, a.attname::text, format_type(a.atttypid, null) from pg_attribute a join "
            "pg_class c on c.oid = a.attrelid where c.relname = any($1) and a.attnum > 0 and not "
            "a.attisdropped and a.attname <> all(array['document', 'wrapped_key', 'master_key_id']) order by "
            "1, 2"};
        std::vector<std::string> tables;
        store::for_each_registry_row([&]<class Row>() { tables.emplace_back(store::registry_table<Row>); });
        std::vector<ColumnOfTable> list;
        for (auto const& row : db().exec(query, db::Params(store::array_of(tables))))
            list.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<std::string>(2)});
        return list;
    }

    /// Another value of that type, whatever is there.
    static std::string other_value(ColumnOfTable const& c) {
        if (c.type == "uuid") return "gen_random_uuid()";
        if (c.type == "timestamp with time zone")
            return "coalesce(" + c.column + " + interval '1 minute', now())";
        if (c.type == "text[]") return "array['administrator']";
        if (c.type == "bytea") return "sha256(coalesce(" + c.column + ", 'x'))";
        if (c.type == "bigint") return c.column + " + 1";
        if (c.column == "authority") return "'civil_affairs'";
        if (c.column == "kind") return "'public_institution'";
        if (c.column == "role") return "'integrator'";
        if (c.column == "purpose") return "'sharing'";
        if (c.column == "region" || c.column == "region_code") return "'440305'";
        return "reverse(" + c.column + ")";
    }

    std::string token;
    std::unique_ptr<service::AccessService> access;
};

TEST_F(ProvenRegistry, EveryColumnThatIsChangedByHandIsFound) {
    ASSERT_THAT(damage(), IsEmpty());
    std::vector<std::string> refused, unseen;
    for (ColumnOfTable const& one : columns()) {
        std::string const name = one.table + "." + one.column;
        admin().command("create table kept as table " + one.table);
        bool const done = strike("update " + one.table + " set " + one.column + " = " + other_value(one));
        if (!done) refused.push_back(name);
        if (done && damage().empty()) unseen.push_back(name);
        EXPECT_THAT(damage(), Each(HasSubstr("the row " + one.table + " "))) << name;
        strike("delete from " + one.table + "; insert into " + one.table +
               " select * from kept; drop table kept");
    }
    EXPECT_THAT(unseen, IsEmpty());
    EXPECT_THAT(refused, ElementsAre("enrolment.token_id"));  // by a CHECK: nothing was spent
    EXPECT_THAT(damage(), IsEmpty());
}

TEST_F(ProvenRegistry, ARowThatIsPutInByHandIsFound) {
    strike(
        "insert into access_token select gen_random_uuid(), account_id, sha256('mine'), created_at, "
        "expires_at, revoked_at, renews, "
        "proof, proof_key from access_token limit 1");
    EXPECT_THAT(damage(), ElementsAre(HasSubstr("the row access_token ")));
}

TEST_F(ProvenRegistry, NobodySignsInWithWhatWasWrittenByHand) {
    ASSERT_EQ(sign_in(token), "ok");
    for (auto const& [table, set] : std::vector<std::pair<std::string, std::string>>{
             {"account", "roles = array['administrator', 'clerk']"},
             {"account", "closed_at = null, created_by = account_id"},
             {"access_token", "expires_at = expires_at + interval '1 year'"},
             {"organisation", "region_code = '440305'"},
             {"signing_key", "jwk = '{}x'"}}) {
        admin().command("create table kept as table " + table);
        if (!strike("update " + table + " set " + set)) continue;
        EXPECT_NE(sign_in(token), "ok") << table << " " << set;
        strike("delete from " + table + "; insert into " + table + " select * from kept; drop table kept");
        ASSERT_EQ(sign_in(token), "ok") << table << " " << set;
    }
}

/// Whom an organisation is below says whose things are seen.
TEST_F(ProvenRegistry, ASuperiorThatIsWrittenByHandGivesNoReach) {
    auto const& top = *as("clerk").who;
    auto const add = [&](std::string const& uscc, std::optional<OrganisationId> superior) {
        store::Organisation const row{service::new_id<OrganisationId>(clock.now()),
                                      uscc,
                                      "示例局",
                                      domain::OrganisationKind::government,
                                      "110105",
                                      superior,
                                      clock.now()};
        insert_proven(db(), *vault, row);
        return row.id;
    };
    auto const below = add("11110105000000019P", top.organisation);
    auto const foreign = add("11110105000000027M", std::nullopt);
    auto const below_foreign = add("11110105000000035H", foreign);
    auto const seen = [&](OrganisationId id) {
        bool const one = service::reaches(db(), *vault, top, domain::Holding::registry, id);
        EXPECT_EQ(service::Reach::of(db(), *vault, top, domain::Holding::registry).covers(id), one);
        return one;
    };
    EXPECT_TRUE(seen(below));
    EXPECT_FALSE(seen(foreign));
    strike("update organisation set superior_id = '" + top.organisation.text() +
           "' where organisation_id = '" + foreign.text() + "'");
    EXPECT_FALSE(seen(foreign));
    EXPECT_FALSE(seen(below_foreign));
    EXPECT_TRUE(seen(below));
    // Nor does a region that is written by hand bring an organisation under a grant for a region.
    auto auditor = top;
    auditor.grants = {{GrantId{Uuid{}}, domain::Role::auditor, domain::Purpose::audit, {{}, "44"}}};
    auto const audits = [&](OrganisationId id) {
        return service::reaches(db(), *vault, auditor, domain::Holding::trails, id);
    };
    strike("update organisation set region_code = '440305' where organisation_id = '" + below_foreign.text() +
           "'");
    EXPECT_FALSE(audits(below_foreign));
    EXPECT_TRUE(audits(below));
}

/// Whoever signs what decides about somebody is not freed from it by a row that is gone or ended.
TEST_F(ProvenRegistry, ASigningKeyThatIsGoneFreesNobodyFromSigning) {
    service::tell_of_account(db(), {account("clerk"), "key_registered", account("clerk")},
                             std::string(42, 'k') + 'z', clock.now());
    ASSERT_EQ(sign_in(token), "ok");
    for (std::string const by_hand :
         {"delete from signing_key", "update signing_key set ended_at = registered_at"}) {
        admin().command("create table kept as table signing_key");
        strike(by_hand);
        EXPECT_EQ(sign_in(token), "unauthenticated") << by_hand;
        strike("delete from signing_key; insert into signing_key select * from kept; drop table kept");
        ASSERT_EQ(sign_in(token), "ok") << by_hand;
    }
}

/// Every kind of row, by the history of its making.
TEST_F(ProvenRegistry, ARowThatIsTakenAwayIsFound) {
    auto const told = [&](std::string lifecycle, std::string event, std::string subject,
                          std::optional<std::string> why = {}) {
        store::append(db(), store::Event{.at = clock.now(),
                                         .lifecycle = std::move(lifecycle),
                                         .subject = std::move(subject),
                                         .event = std::move(event),
                                         .to = "open",
                                         .actor = domain::System{},
                                         .why = std::move(why),
                                         .organisation = as("clerk").who->organisation});
    };
    auto const key_of = [&]<class Row>() {
        return store::registry_key(store::registry_after<Row>(db(), Uuid{}).front()).text();
    };
    auto const holder = account("clerk").text();
    told("organisation", "created", key_of.operator()<store::Organisation>());
    told("person", "created", key_of.operator()<store::Person>());
    told("account", "created", key_of.operator()<store::Account>());
    told("account", "token_made", holder, key_of.operator()<store::Token>());
    told("grant", "created", key_of.operator()<store::GrantRow>());
    told("account", "enrolment_made", holder, key_of.operator()<store::Enrolment>());
    told("account", "key_registered", holder, std::string(42, 'k') + 'z');
    told("account", "passkey_enrolled", holder, key_of.operator()<store::Passkey>());
    told("case code", "created", key_of.operator()<store::CaseCodeRow>());
    told("case session", "created", key_of.operator()<store::CaseSessionRow>());
    told("exposure authority", "appoint", key_of.operator()<store::ExposureAuthorityRow>());
    service::AuditChain history(
        {.db = *executor, .clock = clock, .before_first = {}, .leaves_waiting = [this] {
             filing->log_waiting();
         }});
    ASSERT_GT(history.round(as("clerk").deadline).value(), 0U);
    ASSERT_THAT(damage(), IsEmpty());
    store::for_each_registry_row([&]<class Row>() {
        std::string const table(store::registry_table<Row>);
        admin().command("create table kept as table " + table);
        strike("delete from " + table);
        EXPECT_THAT(damage(), Contains(HasSubstr("the row " + table + " ")));
        EXPECT_THAT(damage(), Contains(HasSubstr("is gone")));
        strike("insert into " + table + " select * from kept; drop table kept");
    });
    EXPECT_THAT(damage(), IsEmpty());
}

TEST_F(ProvenRegistry, AGrantThatIsWrittenByHandDoesNotCount) {
    auto const roles = [&] {
        access->forget();
        return await(access->authenticate(token, as("clerk").deadline)).value()->roles;
    };
    ASSERT_TRUE(roles().has(domain::Role::auditor));
    strike("update role_grant set until_at = until_at + interval '1 year'");
    EXPECT_FALSE(roles().has(domain::Role::auditor));
    EXPECT_TRUE(roles().has(domain::Role::clerk));
}

TEST_F(ProvenRegistry, TheOperatorAnswersForWhatAnEarlierProgramWrote) {
    strike("update account set name = '新名' where login = 'clerk'");
    ASSERT_NE(sign_in(token), "ok");
    auto const vouch = [&] {
        return service::in_transaction(db(), [&](db::PgSession& db) {
            return service::vouch_for_account(db, *vault, account("clerk"), "an earlier version renamed it",
                                              clock.now());
        });
    };
    ASSERT_TRUE(vouch());
    EXPECT_EQ(sign_in(token), "ok");
    EXPECT_THAT(damage(), IsEmpty());
    EXPECT_EQ(said(vouch()), "conflict");
}

TEST_F(ProvenRegistry, NoChangeMakesAForgedRowAProvenOne) {
    strike("update account set roles = array['administrator'] where login = 'clerk'");
    db::Tx tx(db());
    auto row = store::lock_account(db(), account("clerk")).value();
    auto const why = [&]() -> Fault {
        try {
            service::change_proven(db(), *vault, row, [](auto& account) { account.name = "新名"; });
        } catch (FaultError const& error) {
            return error.fault;
        }
        return fault(problem::internal);
    }();
    EXPECT_EQ(why.problem->slug, "row-forged");
    EXPECT_EQ(why.problem->status, 409U);
    EXPECT_THAT(why.detail.en, HasSubstr("sponsio account vouch"));
    EXPECT_THAT(why.detail.zh, HasSubstr("sponsio account disown"));
}

/// Nobody else can: no change is made to a row without a good proof.
TEST_F(ProvenRegistry, TheOperatorEndsWhatSomebodyWroteIntoTheDatabase) {
    strike("update role_grant set until_at = until_at + interval '1 year'");
    strike("update access_token set expires_at = expires_at + interval '1 year'");
    strike("update signing_key set jwk = '{}x'");
    strike("update passkey set rp_id = 'other.example'");
    auto const disown = [&] {
        return service::in_transaction(db(), [&](db::PgSession& db) {
            return service::disown(db, *vault, account("clerk"), "an intruder", clock.now());
        });
    };
    EXPECT_THAT(disown().value(), ElementsAre(StartsWith("access_token "), StartsWith("role_grant "),
                                              StartsWith("signing_key "), StartsWith("passkey ")));
    EXPECT_THAT(damage(), IsEmpty());
    EXPECT_EQ(sign_in(token), "token-expired");
    EXPECT_THAT(store::grants_in_force(db(), account("clerk"), clock.now()), IsEmpty());
    EXPECT_FALSE(store::signing_key_of(db(), account("clerk")));
    static constexpr db::BinaryQuery told{
        "test.disowned", "select count(*) from event where event = 'disowned' and why like '%: an intruder'"};
    EXPECT_EQ(store::value_of<std::int64_t>(db().exec(told)), 4);
    EXPECT_EQ(said(disown()), "conflict");
}

TEST_F(ProvenRegistry, WhoseSessionEndsSignsInAgainAndWhoseTokenEndsAsksForOne) {
    auto const ended = [&](std::string_view prefix) {
        auto const secret = service::make_secret(prefix);
        insert_proven(db(), *vault,
                      store::Token{.id = service::new_id<TokenId>(clock.now()),
                                   .account = account("clerk"),
                                   .digest = secret.digest,
                                   .created_at = clock.now(),
                                   .expires_at = clock.now() + std::chrono::minutes(5)});
        clock.advance(std::chrono::minutes(6));
        return await(access->authenticate(secret.text, as("clerk").deadline)).error().detail;
    };
    EXPECT_THAT(ended("spb_").en, HasSubstr("sign in again"));
    EXPECT_THAT(ended("spb_").zh, HasSubstr("请重新登录"));
    EXPECT_THAT(ended("spn_").en, HasSubstr("ask an administrator for a new one"));
}

TEST_F(ProvenRegistry, TheServersRoleCannotWriteARowWithoutAProof) {
    EXPECT_THROW(
        db().command("insert into account (account_id, organisation_id, login, name, roles, created_at) "
                     "select gen_random_uuid(), "
                     "organisation_id, 'mine', '无', array['clerk'], now() from organisation limit 1"),
        db::DbError);
}

/// Rows of the version before have none, and get theirs once.
TEST_F(ProvenRegistry, WhatWasThereBeforeIsTakenOverOnceAndNeverAgain) {
    TempDir const folder;
    auto const keys = service::KeyService::open({.directory = folder.path() / "keys"}, clock).value();
    service::Vault const its = keys->vault();
    auto const unprove = [&] {
        admin().command("alter table account drop constraint account_proven");
        strike("update account set proof = null, proof_key = null where login = 'clerk'");
        admin().command(
            "alter table account add constraint account_proven check (proof is not null) not valid");
    };
    auto const proven = [&] {
        return service::is_proven(its, store::account_by_id(db(), account("clerk")).value());
    };
    unprove();
    EXPECT_FALSE(service::registry_is_proven(*keys));
    ASSERT_TRUE(service::take_over_registry(db(), *keys, clock.now()));
    EXPECT_TRUE(proven());
    EXPECT_TRUE(service::registry_is_proven(*keys));
    unprove();
    ASSERT_TRUE(service::take_over_registry(db(), *keys, clock.now()));
    EXPECT_FALSE(proven());
}

}  // namespace
}  // namespace sponsio::testing

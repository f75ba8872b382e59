#include "server/work/issuer.hpp"
#include "tests/service/record_world.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using service::IssuedRecord;
using service::IssueOptions;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class RecordIssue : public RecordFixture {
  protected:
    /// With all rights, as somebody who got hold of the database.
    void tamper(std::string const& sql) { admin().command(sql); }

    std::string quoted(RecordId id) { return "'" + id.text() + "'"; }

    /// Drafted, and nothing more: the signer fails.
    RecordId drafted_only(FindingId finding) {
        auto const working = signer;
        signer->before_signing = [](ByteView) { throw Failure("no token in the slot"); };
        EXPECT_TRUE(round().failed);
        working->before_signing = [](ByteView) {};
        working->signatures = 0;
        auto const drafts = drafts_of(finding);
        EXPECT_EQ(drafts.size(), 1u);
        return drafts.front();
    }

    /// The committer was sixteen on the day of the promise.
    void make_sixteen() {
        std::string const content = json::canonical(domain::JsonObject{
            {"committer", domain::JsonObject{{"kind", "natural_person"},
                                             {"name", "张三"},
                                             {"birth_date", "2010-01-01"},
                                             {"document", domain::JsonObject{{"type", "passport"},
                                                                             {"number", "E12345678"}}}}}});
        auto const sealed = vault->seal(content, store::content_label(filed.code));
        db::Params change(sealed.content, sealed.wrapped_key, filed.code);
        static constexpr db::BinaryQuery update{
            "test.child", "update commitment set sealed = $1, wrapped_key = $2 where code = $3"};
        admin().exec(update, change);
    }

    std::string draft_state(RecordId id) {
        db::Tx tx(db());
        return std::string(domain::word(store::lock_drafts(db(), std::span(&id, 1)).at(0).second));
    }
};

TEST_F(RecordIssue, TurnsAnEffectiveFindingIntoASignedRecord) {
    FindingId const finding = effective();
    auto const count = round();
    EXPECT_EQ(count.drafted, 1u);
    EXPECT_EQ(count.issued, 1u);
    EXPECT_FALSE(count.failed);

    auto const record = record_of(finding);
    EXPECT_EQ(record.position, 1);
    EXPECT_EQ(record.state, domain::RecordState::active);
    domain::Json const payload(verified(record.sd_jwt));
    EXPECT_EQ(payload.at("jti").as_string(), "urn:uuid:" + record.id.text());
    EXPECT_EQ(payload.at("commitment_code").as_string(), filed.code);
    EXPECT_EQ(payload.at("subject").at("name").as_string(), "欧阳示例");
    EXPECT_EQ(payload.at("matter").at("code").as_string(), "GZF-1");
    EXPECT_EQ(payload.at("finding").at("decision_number").as_string(), "示例住保决字〔2026〕1号");
    EXPECT_EQ(payload.at("finding").at("effective_on").as_string(),
              to_iso(china_date(*row(finding).effective_at)));
    EXPECT_EQ(payload.at("identifying_unit").at("uscc").as_string(), "111101050000000191");
    EXPECT_EQ(payload.at("legal_basis").at(std::size_t{0}).at("article").as_string(), "第四十四条");
    auto const until = parse_iso_date(payload.at("retention").at("until").as_string());
    EXPECT_EQ(int{until->year()}, int{china_date(*row(finding).effective_at).year()} + 5);
    EXPECT_EQ(payload.at("retention").at("rule").as_string().substr(0, 26), "retention.negative 5 years");

    EXPECT_THAT(moves(record.id.text()),
                ElementsAre(">drafted", "drafted>drafted", "drafted>issued", ">active"));
    EXPECT_EQ(round().issued, 0u);
    EXPECT_EQ(signer->signatures, 1);
}

// Shanghai art. 35, Shandong art. 38: from the end of the act, which a false promise has on the day it is
// made.
TEST_F(RecordIssue, IsKeptFromTheDayThatThePlaceCountsFrom) {
    std::string const of_the_place =
        R"({"id":"retention.negative","kind":"clock","value":5,"unit":"years","starts":"act.ended","rolls":false,)"
        R"("note":{"zh":"注","en":"n"},"source":{"key":"k","text":"t","address":null},"grade":"proposal",)"
        R"("effective_from":"2020-01-01","effective_to":null})";
    rules->become(rules_with(region_pack("110105", of_the_place)).value());
    FindingId const finding = effective();
    EXPECT_EQ(round().issued, 1u);
    domain::Json const payload(verified(record_of(finding).sd_jwt));
    auto const made_on = store::commitment_by_code(db(), filed.code)->made_on;
    EXPECT_EQ(payload.at("retention").at("until").as_string(), to_iso(domain::add_months(made_on, 60)));
    EXPECT_EQ(payload.at("retention").at("rule").as_string(), "retention.negative 5 years; invented 1");
}

TEST_F(RecordIssue, WaitsForTheEffect) {
    served();
    EXPECT_EQ(round().drafted, 0u);
    EXPECT_EQ(rows("record_draft"), 0);
}

/// The order that never changes, seen from inside the signature.
TEST_F(RecordIssue, SignsOnlyWhatIsStoredAndAnnounced) {
    FindingId const finding = effective();
    int seen = 0;
    signer->before_signing = [&](ByteView bytes) {
        ++seen;
        auto const waiting = store::drafts_waiting(db(), std::nullopt, 10);  // on another session
        ASSERT_EQ(waiting.size(), 1u);
        EXPECT_EQ(waiting[0].finding, finding);
        auto const plain = vault->open(waiting[0].to_be_signed, store::draft_label(waiting[0].id));
        auto const document = service::DraftDocument::parse(plain.value());
        EXPECT_EQ(document->signing_input(), as_text(bytes));
        EXPECT_EQ(store::history(db(), waiting[0].id.text()).back().event, "begin_signing");
    };
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(seen, 1);
}

TEST_F(RecordIssue, TellsTheHookInTheSameTransaction) {
    FindingId const finding = effective();
    std::vector<std::string> told;
    on_issued = [&](db::PgSession& session, IssuedRecord const& record) -> Outcome<void> {
        told.push_back(record.sd_jwt);
        EXPECT_EQ(record.finding, finding);
        EXPECT_EQ(record.facts.subject_name, "欧阳示例");
        EXPECT_EQ(store::record_by_id(session, record.id)->position, record.position);
        EXPECT_FALSE(store::record_by_id(db(), record.id));  // another session sees nothing yet
        return {};
    };
    round();
    EXPECT_THAT(told, ElementsAre(record_of(finding).sd_jwt));
}

TEST_F(RecordIssue, OneThatCannotBeReportedHoldsUpNoOther) {
    FindingId const first = effective(), second = effective(), third = effective();
    bool refuse = true;
    on_issued = [&](db::PgSession&, IssuedRecord const& record) -> Outcome<void> {
        if (refuse && record.finding == second) return fault(problem::unavailable);
        return {};
    };
    auto const count = round();
    EXPECT_EQ(count.issued, 2u);
    ASSERT_TRUE(count.failed);
    EXPECT_EQ(count.failed->problem, &problem::unavailable);
    // Drafts of one instant have no order among themselves.
    EXPECT_THAT((std::vector{record_of(first).position, record_of(third).position}),
                ::testing::UnorderedElementsAre(1, 2));
    EXPECT_FALSE(store::record_of_finding(db(), second));
    refuse = false;
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(record_of(second).position, 3);
}

/// A batch of records that nobody can store must give way to those behind it.
TEST_F(RecordIssue, ThoseThatFailTakeTurns) {
    issuing = make_service({.batch = 1});
    FindingId const stuck = effective(), next = effective();
    on_issued = [&](db::PgSession&, IssuedRecord const& record) -> Outcome<void> {
        if (record.finding == stuck) return fault(problem::unavailable);
        return {};
    };
    for (int i = 0; i != 4 && !store::record_of_finding(db(), next); ++i) round();
    EXPECT_TRUE(store::record_of_finding(db(), next));
}

// ------------------------------------------------------------------------------------------------ refusals
/// The committer was a child: no rule of the law makes a record of that.
TEST_F(RecordIssue, ABrokenRuleIsKeptAndNotTriedForEver) {
    FindingId const finding = effective();
    make_sixteen();

    EXPECT_EQ(round().drafted, 1u);
    EXPECT_THAT(refusals(), ElementsAre("full_capacity"));
    EXPECT_THAT(moves(finding.text()), ::testing::Contains(">refused"));
    EXPECT_EQ(round().drafted, 0u);
    EXPECT_EQ(rows("record_draft"), 0);
    EXPECT_EQ(signer->signatures, 0);

    // A restart looks once more and says nothing new.
    EXPECT_EQ(issuing->reconsider_refused(soon()).value(), 1);
    EXPECT_EQ(round().drafted, 1u);
    EXPECT_EQ(round().drafted, 0u);
    EXPECT_EQ(rows("record_refusal"), 1);
}

/// The least age of a subject is the rule pack's; nobody has full capacity before sixteen.
TEST_F(RecordIssue, ARegionMaySayFromWhichAgeSomebodyIsRecorded) {
    FindingId const finding = effective();
    make_sixteen();
    rules->become(
        rules_with(region_pack(as("clerk").who->region_code, number_rule("subject.min_age", 16))).value());
    EXPECT_EQ(round().issued, 1u);
    EXPECT_TRUE(store::record_of_finding(db(), finding));
}

TEST_F(RecordIssue, WhatCannotBeReadIsRefusedAndHoldsUpNoOther) {
    FindingId const erased = effective();
    std::string const code = filed.code;
    FindingId const good = effective();
    tamper("update commitment set wrapped_key = null, master_key_id = null where code = '" + code + "'");
    EXPECT_EQ(round().issued, 1u);
    EXPECT_THAT(refusals(), ElementsAre("content_erased"));
    EXPECT_TRUE(store::record_of_finding(db(), good));
    EXPECT_FALSE(store::record_of_finding(db(), erased));
}

TEST_F(RecordIssue, AnUnservedDecisionGivesNoRecord) {
    effective();
    tamper("delete from service_of_document");
    round();
    EXPECT_THAT(refusals(), ElementsAre("record_altered"));
    EXPECT_EQ(rows("record_draft"), 0);
}

// ----------------------------------------------------------------------------------- drafts that changed
TEST_F(RecordIssue, AnAlteredDraftIsNeverSigned) {
    FindingId const finding = effective();
    RecordId const draft = drafted_only(finding);
    tamper(
        "update record_draft set to_be_signed = set_byte(to_be_signed, 20, "
        "(get_byte(to_be_signed, 20) + 1) % 256)");
    EXPECT_EQ(round().set_aside, 1u);
    EXPECT_EQ(draft_state(draft), "refused");
    EXPECT_THAT(refusals(), ElementsAre("draft_unreadable"));
    EXPECT_EQ(round().set_aside, 0u);
    EXPECT_EQ(issuing->reconsider_refused(soon()).value(), 0);  // this one waits for a person
    EXPECT_EQ(round().drafted, 0u);
    EXPECT_EQ(signer->signatures, 0);
    EXPECT_EQ(rows("credit_record"), 0);
}

TEST_F(RecordIssue, AnAlteredDigestOrKeyNameIsNoticed) {
    RecordId const first = drafted_only(effective());
    tamper("update record_draft set digest = sha256('x')");
    round();
    EXPECT_EQ(draft_state(first), "refused");
    FindingId const next = effective();
    RecordId const second = drafted_only(next);
    tamper("update record_draft set kid = 'another' where record_id = " + quoted(second));
    round();
    EXPECT_EQ(draft_state(second), "refused");
    EXPECT_EQ(signer->signatures, 0);
}

/// What is sealed for one row cannot be opened in another.
TEST_F(RecordIssue, ADraftCannotTakeTheBytesOfAnother) {
    FindingId const one = effective();
    RecordId const first = drafted_only(one);
    FindingId const two = effective();
    signer->before_signing = [](ByteView) { throw Failure("no token in the slot"); };
    round();
    signer->before_signing = [](ByteView) {};
    signer->signatures = 0;
    RecordId const second = drafts_of(two).front();
    tamper(
        "update record_draft d set to_be_signed = o.to_be_signed, wrapped_key = o.wrapped_key, "
        "digest = o.digest from record_draft o where d.record_id = " +
        quoted(first) + " and o.record_id = " + quoted(second));
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(draft_state(first), "refused");
    EXPECT_TRUE(store::record_of_finding(db(), two));
}

TEST_F(RecordIssue, ADraftOfOtherFactsGivesWayToANewOne) {
    FindingId const finding = effective();
    RecordId const draft = drafted_only(finding);
    tamper("update organisation set name = '示例区住房保障和房屋管理局'");
    EXPECT_EQ(round().set_aside, 1u);
    EXPECT_EQ(draft_state(draft), "superseded");
    EXPECT_EQ(round().issued, 1u);
    auto const record = record_of(finding);
    EXPECT_NE(record.id, draft);
    EXPECT_EQ(domain::Json(verified(record.sd_jwt)).at("identifying_unit").at("name").as_string(),
              "示例区住房保障和房屋管理局");
    EXPECT_EQ(signer->signatures, 1);
    EXPECT_THAT(moves(draft.text()), ElementsAre(">drafted", "drafted>drafted", "drafted>superseded"));
}

TEST_F(RecordIssue, FactsThatNeverStandStillAreGivenUp) {
    issuing = make_service({.most_drafts = 3});
    FindingId const finding = effective();
    for (int i = 0; i != 10; ++i) {
        signer->before_signing = [](ByteView) { throw Failure("no token in the slot"); };
        round();
        tamper("update organisation set name = '示例区第" + std::to_string(i) + "房管所'");
    }
    EXPECT_EQ(drafts_of(finding).size(), 3u);
    EXPECT_THAT(refusals(), ElementsAre("facts_changed"));
    EXPECT_EQ(rows("credit_record"), 0);
}

TEST_F(RecordIssue, ADraftForARetiredKeyIsMadeAnew) {
    FindingId const finding = effective();
    RecordId const draft = drafted_only(finding);
    auto const retired = signer;
    new_signer();
    round();
    EXPECT_EQ(draft_state(draft), "superseded");
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(retired->signatures, 0);
    EXPECT_EQ(signer->signatures, 1);
    verified(record_of(finding).sd_jwt);
}

TEST_F(RecordIssue, OldRecordsVerifyAfterARotation) {
    FindingId const before = effective();
    round();
    new_signer();
    FindingId const after = effective();
    round();
    verified(record_of(before).sd_jwt);
    verified(record_of(after).sd_jwt);
}

TEST_F(RecordIssue, ASignatureThatDoesNotVerifyIsNotStored) {
    FindingId const finding = effective();
    signer->spoil = true;
    auto const count = round();
    EXPECT_EQ(count.issued, 0u);
    ASSERT_TRUE(count.failed);
    EXPECT_EQ(count.failed->cause, "own signature does not verify");
    EXPECT_EQ(rows("credit_record"), 0);
    signer->spoil = false;
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(drafts_of(finding).size(), 1u);
}

// ---------------------------------------------------------------------------------------- several at once
TEST_F(RecordIssue, SeveralServersIssueEachRecordOnce) {
    std::vector<FindingId> all;
    for (int i = 0; i != 6; ++i) all.push_back(effective());
    std::vector<std::unique_ptr<service::IssueService>> servers;
    // One that takes all drafts, and two that share them.
    for (store::DraftShare const share : {store::DraftShare{0, 1}, {0, 2}, {1, 2}})
        servers.push_back(make_service({.share = share, .batch = 2}));
    std::vector<std::thread> threads;
    for (auto& server : servers)
        threads.emplace_back([&] {
            for (int i = 0; i != 8; ++i) server->round(soon()).value();
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(rows("credit_record"), 6);
    EXPECT_EQ(rows("record_draft"), 6);
    std::vector<std::int64_t> positions;
    for (auto const& record : store::records_after(db(), 0, std::nullopt, 100))
        positions.push_back(record.position);
    EXPECT_THAT(positions, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(RecordIssue, SharesLeaveNothingOut) {
    std::vector<FindingId> all;
    for (int i = 0; i != 20; ++i) all.push_back(effective());
    auto const one = make_service({.share = {.part = 0, .parts = 2}});
    auto const other = make_service({.share = {.part = 1, .parts = 2}});
    one->round(soon()).value();
    std::int64_t const first = rows("credit_record");
    EXPECT_EQ(one->round(soon()).value().issued, 0u) << "the rest is the other's";
    other->round(soon()).value();
    EXPECT_LT(first, 20);
    EXPECT_EQ(rows("credit_record"), 20);
}

TEST_F(RecordIssue, RunsAsABackgroundJob) {
    auto const rounds = work::issuing_rounds(*issuing);
    FindingId const finding = effective();
    EXPECT_EQ(rounds().value(), 2u);  // one draft, one record
    EXPECT_EQ(rounds().value(), 0u);
    EXPECT_TRUE(store::record_of_finding(db(), finding));
    signer->spoil = true;
    effective();
    EXPECT_EQ(said(rounds()), "internal");
}

/// The database alone refuses what the code never does.
TEST_F(RecordIssue, TheDatabaseKeepsDraftsAndRecordsAsTheyWere) {
    FindingId const finding = effective();
    round();
    RecordId const id = record_of(finding).id;
    auto refused = [&](std::string const& sql) {
        try {
            db().command(sql);
            return false;
        } catch (db::DbError const& error) {
            return error.sqlstate() == "42501";
        }
    };
    EXPECT_TRUE(refused("update record_draft set to_be_signed = '\\x00'"));
    EXPECT_TRUE(refused("update credit_record set sd_jwt = '\\x00'"));
    EXPECT_TRUE(refused("update credit_record set position = 9"));
    EXPECT_TRUE(refused("delete from credit_record"));
    EXPECT_TRUE(refused("delete from record_draft"));
    EXPECT_TRUE(refused("delete from record_refusal"));
    store::RecordDraft const twin{.id = service::new_id<RecordId>(clock.now()),
                                  .finding = finding,
                                  .commitment_code = filed.code,
                                  .organisation = as("supervisor").who->organisation,
                                  .subject_index = {1},
                                  .kid = "k",
                                  .to_be_signed = vault->seal("x", "y"),
                                  .digest = {},
                                  .drafted_at = clock.now()};
    try {
        store::insert_drafts(db(), std::span(&twin, 1));
        FAIL() << "a second live draft of one finding";
    } catch (db::DbError const& error) {
        EXPECT_EQ(error.constraint(), "record_draft_live");
    }
    EXPECT_EQ(store::record_of_finding(db(), finding), id);
}

}  // namespace
}  // namespace sponsio::testing

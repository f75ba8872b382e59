#include "crypto/tokens/status_list.hpp"
#include "server/service/findings/proof.hpp"
#include "server/service/log/walk.hpp"
#include "server/service/records/case.hpp"
#include "server/service/records/status_service.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using domain::RecordStatus;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// Somebody who writes to the database, but has none of the server's keys.
class RecordProof : public RecordFixture {
  protected:
    /// Past triggers and rights.
    void strike(std::string const& sql) {
        admin().command("set session_replication_role = replica");
        admin().command(sql);
        admin().command("set session_replication_role = default");
    }

    static std::string of(FindingId id) { return " where finding_id = '" + id.text() + "'"; }

    std::optional<std::string_view> doubt(FindingId id) {
        return service::doubt_about(*vault, store::findings_on_record(db(), std::span(&id, 1)).at(0));
    }

    /// An effective finding that was struck by this gets no record, for that reason.
    void is_refused(std::string const& sql, std::string const& rule) {
        FindingId const id = effective();
        strike(sql + (sql.find("finding_id") != std::string::npos ? "" : of(id)));
        EXPECT_EQ(round().issued, 0u) << sql;
        EXPECT_THAT(refusals(), ElementsAre(rule)) << sql;
        EXPECT_FALSE(store::record_of_finding(db(), id));
    }
};

TEST_F(RecordProof, StepsThatWereTakenProveTheirFinding) {
    FindingId const id = effective();
    EXPECT_EQ(doubt(id), std::nullopt);
    EXPECT_EQ(round().issued, 1u);
}

/// Two inserts for each paper, and an update: all that a record was made of before there were steps.
std::string papers_and_service(FindingId id, std::string const& by) {
    std::string sql;
    for (std::string const kind : {"prior_notice", "decision"}) {
        std::string const paper = kind == "decision" ? "'01900000-0000-7000-8000-000000000002'"
                                                     : "'01900000-0000-7000-8000-000000000001'";
        sql +=
            "insert into document (document_id, finding_id, kind, number, digest, made_by, made_at, content) "
            "values (" +
            paper + ", '" + id.text() + "', '" + kind + "', '1号', decode(repeat('00', 32), 'hex'), '" + by +
            "', '2026-03-02T00:00:00Z', '\\x00'); "
            "insert into service_of_document (document_id, served_at, method, receipt, recorded_by, "
            "recorded_at) "
            "values (" +
            paper + ", '2026-03-02T01:00:00Z', 'in_person', '\\x00', '" + by + "', '2026-03-02T01:00:00Z'); ";
    }
    return sql;
}

TEST_F(RecordProof, TheServersRoleMovesNoFindingWithoutAStep) {
    FindingId const id = drafted();
    try {
        db().command("update finding set state = 'reviewed', reviewed_by = '" + account("reviewer").text() +
                     "'" + of(id));
        ADD_FAILURE() << "the finding moved";
    } catch (db::DbError const& error) {
        EXPECT_EQ(error.constraint(), "finding_step_stands");
    }
}

TEST_F(RecordProof, AFindingForgedWithTheRightsOfTheServerIsNotSigned) {
    FindingId const id = drafted();
    std::string const reviewer = account("reviewer").text(), decider = account("decider").text();
    db().command("begin; " + papers_and_service(id, decider) + "insert into finding_step values ('" +
                 id.text() +
                 "', 2, 'effective', 'drafted', 'effective', null, now(), "
                 "decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 'k'); "
                 "update finding set reviewed_by = '" +
                 reviewer + "', decided_by = '" + decider +
                 "', state = 'effective', effective_at = '2026-03-02T01:00:00Z', "
                 "defence_until = '2026-03-02T01:00:00Z', remedy_until = '2026-03-02T01:00:00Z'" +
                 of(id) + "; commit");
    EXPECT_EQ(round().issued, 0u);
    EXPECT_THAT(refusals(), ElementsAre("step_forged"));
    EXPECT_EQ(signer->signatures, 0);
}

TEST_F(RecordProof, AFindingForgedByTheOwnerOfTheDatabaseIsNotSigned) {
    FindingId const id = drafted();
    strike(papers_and_service(id, account("decider").text()));
    strike("update finding set reviewed_by = '" + account("reviewer").text() + "', decided_by = '" +
           account("decider").text() +
           "', state = 'effective', effective_at = '2026-03-02T01:00:00Z', "
           "defence_until = '2026-03-02T01:00:00Z', remedy_until = '2026-03-02T01:00:00Z'" +
           of(id));
    strike("insert into finding_awaiting_record values ('" + id.text() + "', '2026-03-02T01:00:00Z')");
    EXPECT_EQ(round().issued, 0u);
    EXPECT_THAT(refusals(), ElementsAre("record_altered"));
    EXPECT_EQ(signer->signatures, 0);
}

TEST_F(RecordProof, AnotherDeciderInTheRowIsNoDecider) {
    is_refused("update finding set decided_by = '" + account("supervisor").text() + "'", "record_altered");
}

TEST_F(RecordProof, AnotherDayOfServiceIsFound) {
    is_refused(
        "update service_of_document set served_at = served_at - interval '30 days' where document_id in "
        "(select "
        "document_id from document where finding_id is not null)",
        "record_altered");
}

TEST_F(RecordProof, AnotherTextOfAStatementIsFound) {
    is_refused("update finding_statement set content = '\\x00'", "record_altered");
}

TEST_F(RecordProof, AGraverFindingIsFound) {
    is_refused("update finding set severity = 'serious'", "record_altered");
}

TEST_F(RecordProof, AStepByAnotherPersonIsFound) {
    is_refused("update finding_step set actor = '" + account("supervisor").text() +
                   "' where event = 'confirm' and "
                   "finding_id is not null",
               "step_forged");
}

TEST_F(RecordProof, AStepThatIsGoneIsFound) {
    is_refused("delete from finding_step where step_no = 2 and finding_id is not null", "step_forged");
}

TEST_F(RecordProof, WithoutStepsThereIsNoRecord) {
    is_refused("delete from finding_step", "steps_missing");
}

TEST_F(RecordProof, StepsOfAnotherFindingProveNothing) {
    FindingId const sound = effective();
    EXPECT_EQ(round().issued, 1u);
    FindingId const id = effective();
    strike("delete from finding_step" + of(id));
    strike("insert into finding_step select '" + id.text() +
           "', step_no, event, from_state, to_state, actor, at, facts, "
           "proof, proof_key from finding_step" +
           of(sound));
    EXPECT_EQ(round().issued, 0u);
    EXPECT_THAT(refusals(), ElementsAre("step_forged"));
}

/// The check of everything stored does not wait until a record is to be issued.
TEST_F(RecordProof, TheWalkLooksAtEveryFindingWhereverItStands) {
    auto const told = [&] {
        std::vector<std::string> found;
        for (auto const& one : service::check_whole_log(
                 db(), {.keys = {}, .vault = *vault, .heads = {}, .registry_proven = false}))
            if (one.what.en.starts_with("the steps of finding ")) found.push_back(one.what.en);
        return found;
    };
    FindingId const early = drafted(), late = served();
    EXPECT_THAT(told(), ElementsAre());
    strike("update finding set severity = 'serious'" + of(early));
    strike(
        "update service_of_document set served_at = served_at - interval '30 days' where document_id in "
        "(select document_id from document" +
        of(late) + ")");
    EXPECT_THAT(told(), UnorderedElementsAre("the steps of finding " + early.text() +
                                                 " do not prove what is on record (record_altered)",
                                             "the steps of finding " + late.text() +
                                                 " do not prove what is on record (record_altered)"));
}

TEST_F(RecordProof, FindingsFromBeforeThereWereStepsAreTakenOverOnce) {
    FindingId const id = served();
    strike("delete from finding_step" + of(id));
    strike("insert into finding_without_steps values ('" + id.text() + "')");
    ASSERT_TRUE(service::in_transaction(db(), [&](db::PgSession& session) {
        return service::prove_old_findings(session, *vault, clock.now());
    }));
    clock.set(*row(id).remedy_until);
    effect();
    EXPECT_EQ(doubt(id), std::nullopt);
    EXPECT_EQ(round().issued, 1u);
    EXPECT_TRUE(store::take_findings_without_steps(db(), 1).empty());
}

TEST_F(RecordProof, AFindingFromBeforeThatGoesOnFirstIsTakenOverWithItsStep) {
    FindingId const id = served();
    strike("delete from finding_step" + of(id));
    strike("insert into finding_without_steps values ('" + id.text() + "')");
    clock.set(*row(id).remedy_until);
    effect();
    EXPECT_EQ(doubt(id), std::nullopt);
    EXPECT_EQ(round().issued, 1u);
    EXPECT_TRUE(store::take_findings_without_steps(db(), 1).empty());
}

// ------------------------------------------------------------------------------------------------ the status
class StatusProof : public RecordProof {
  protected:
    void SetUp() override {
        RecordProof::SetUp();
        lists = std::make_unique<service::StatusService>(
            service::StatusService::Parts{
                .db = *executor,
                .vault = *vault,
                .clock = clock,
                .metrics = metrics,
                .signer = [this](Instant) { return Outcome<std::shared_ptr<crypto::Signer const>>(signer); }},
            service::StatusOptions{.issuer = "https://sponsio.example",
                                   .between_looks = std::chrono::milliseconds{0}});
        FindingId const finding = effective();
        round();
        record = record_of(finding).id;
    }

    void TearDown() override {
        lists.reset();
        RecordProof::TearDown();
    }

    void set(RecordStatus status) {
        ASSERT_TRUE(service::in_transaction(db(), [&](db::PgSession& session) {
            return service::set_status(session, *vault, status,
                                       {.record = record.value(),
                                        .why = "法院判决",
                                        .actor = account("decider"),
                                        .now = clock.now()});
        }));
    }

    /// Of the record, as the signed list says it; nothing: the list is not signed.
    std::optional<unsigned> shown() {
        auto const token = await(lists->list(1, soon()));
        if (!token) return std::nullopt;
        crypto::StatusListPolicy const policy{.uri = "https://sponsio.example/v1/status-lists/1",
                                              .now = std::chrono::floor<std::chrono::seconds>(clock.now())};
        auto const list = crypto::verify_status_list(**token, published(), policy).value();
        return list.list.find(static_cast<std::size_t>(store::status_of(db(), *record)->place.index)).value();
    }

    void strike_list(std::string const& sql) {
        strike(sql);
        strike("update status_list set version = version + 1");
    }

    std::unique_ptr<service::StatusService> lists;
    std::optional<RecordId> record;
};

TEST_F(StatusProof, AStatusWrittenIntoTheRowIsNotSigned) {
    strike_list("update status_entry set status = 3");
    EXPECT_EQ(shown(), std::nullopt);
}

TEST_F(StatusProof, ARowThatSaysLessThanTheLastChangeDoesNotCount) {
    set(RecordStatus::suspended);
    EXPECT_EQ(shown(), 2u);
    strike_list("update status_entry set status = 0");
    EXPECT_EQ(shown(), 2u);
}

TEST_F(StatusProof, AChangeThatIsGoneIsMissed) {
    set(RecordStatus::suspended);
    strike_list("delete from status_change");
    EXPECT_EQ(shown(), std::nullopt);
    strike_list("update status_entry set status = 0");
    EXPECT_EQ(shown(), std::nullopt);
}

TEST_F(StatusProof, AnotherPlaceInTheListIsNotTheRecords) {
    set(RecordStatus::suspended);
    strike_list("update status_entry set idx = (idx + 1) % 100");
    EXPECT_EQ(shown(), std::nullopt);
}

}  // namespace
}  // namespace sponsio::testing

// Rows of proceedings that nothing else vouches for: what the server wrote holds, and what somebody else
// wrote into the database is told of.
#include "server/service/unit/row_proofs.hpp"

#include "server/service/keys/service.hpp"
#include "server/service/parties/taking_over.hpp"
#include "tests/service/log_fixture.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

/// A world with a notice, whose row is noted, and a log.
class RowProofs : public LogFixture {
  protected:
    void SetUp() override {
        LogFixture::SetUp();
        start();
        ASSERT_EQ(damage(), std::vector<std::string>{});
    }

    /// What no role of the server can do.
    void strike(std::string const& sql) {
        admin().command("set session_replication_role = replica");  // past the triggers
        admin().command(sql);
        admin().command("set session_replication_role = default");
    }

    /// Of the notice that was given through the service.
    [[nodiscard]] std::string where() const { return " where notice_id = '" + notice() + "'"; }

    /// A further notice like it.
    [[nodiscard]] std::string copy() const {
        return "insert into notice select (jsonb_populate_record(n, jsonb_build_object('notice_id', "
               "'019cac0f-4291-7e49-a613-d8a229eb7bd4'))).* from notice n" +
               where();
    }
};

TEST_F(RowProofs, AValueThatSomebodyChangesIsTold) {
    std::string const told = "0: the row notice " + notice() + " is not as this server wrote it";
    strike("update notice set channel = 'phone'" + where());
    EXPECT_THAT(damage(), ElementsAre(told));
    strike("update notice set channel = 'counter'" + where());
    EXPECT_EQ(damage(), std::vector<std::string>{});
    // The trigger does not help who goes by it: it notes the row and cannot prove it.
    admin().command("update notice set channel = 'phone'" + where());
    EXPECT_THAT(damage(), ElementsAre(told));
    admin().command("update notice set channel = 'counter'" + where());
    EXPECT_THAT(damage(), ElementsAre(told));
}

TEST_F(RowProofs, AColumnOfALaterVersionThatSaysNothingChangesNothing) {
    admin().command("alter table notice add column later text");
    EXPECT_EQ(damage(), std::vector<std::string>{});
}

TEST_F(RowProofs, ARowThatIsGoneIsTold) {
    std::string const told = "0: the row notice " + notice() + " is gone, and nothing removes such a row";
    strike("delete from notice" + where());
    EXPECT_EQ(damage().back(), told);
}

/// With the rights of the server's own role, whose transactions are not this server's.
TEST_F(RowProofs, ARowOfSomebodyElseIsTold) {
    db().command(copy());
    EXPECT_EQ(damage().back(),
              "0: the row notice 019cac0f-4291-7e49-a613-d8a229eb7bd4 is not as this server wrote it");
}

TEST_F(RowProofs, ARowWithoutANoteIsTold) {
    strike(copy());
    EXPECT_EQ(damage().back(),
              "0: the table notice has rows that this server did not write, or is no longer noted");
}

TEST_F(RowProofs, ATableThatIsNoLongerNotedIsTold) {
    admin().command("alter table notice disable trigger note_row");
    EXPECT_THAT(damage(), ElementsAre("0: the table notice has rows that this server did not write, or is no "
                                      "longer noted"));
}

TEST_F(RowProofs, AProofOfOneRowProvesNoOther) {
    admin().command(
        "create temp table kept as select digest, proof, proof_key, written_in from row_proof where "
        "row_key = array['" +
        notice() + "']");
    db().command(copy());
    strike(
        "update row_proof p set proof = k.proof, proof_key = k.proof_key, digest = k.digest from kept k "
        "where p.table_name = 'notice' and p.proof is null");
    EXPECT_EQ(damage().back(),
              "0: the row notice 019cac0f-4291-7e49-a613-d8a229eb7bd4 is not as this server wrote it");
}

/// The program of an earlier version wrote it: the operator looks, and answers for it.
TEST_F(RowProofs, ARowThatTheOperatorAnswersForIsProvenAndTold) {
    auto const vouch = [&] {
        return executor->run_blocking(Deadline::max(), [&](db::PgSession& session) {
            return service::in_transaction(session, [&](db::PgSession& inside) {
                return service::vouch_for_rows(inside, *vault, "looked at", clock.now());
            });
        });
    };
    EXPECT_EQ(said(vouch()), "conflict");
    db().command(copy());
    strike("update row_proof set digest = sha256('') where row_key = array['" + notice() + "']");
    EXPECT_THAT(vouch().value(), ElementsAre("notice 019cac0f-4291-7e49-a613-d8a229eb7bd4"));
    // What is not as it was noted stays unproven.
    EXPECT_EQ(damage().back(), "0: the row notice " + notice() + " is not as this server wrote it");
    static constexpr db::BinaryQuery told{"test.told",
                                          "select subject, event, why from event where lifecycle = 'row'"};
    auto const rows = db().exec(told);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].get<std::string>(0), "notice 019cac0f-4291-7e49-a613-d8a229eb7bd4");
    EXPECT_EQ(rows[0].get<std::string>(1), "vouched_for");
    EXPECT_EQ(rows[0].get<std::string>(2), "looked at");
}

/// The server's role may prove, and change nothing else of a note.
TEST_F(RowProofs, TheServersRoleWritesNoNotes) {
    EXPECT_THROW(db().command("delete from row_proof"), db::DbError);
    EXPECT_THROW(db().command("update row_proof set digest = sha256('')"), db::DbError);
    EXPECT_THROW(db().command("insert into row_proof select 'notice', array['x'], digest, written_in from "
                              "row_proof limit 1"),
                 db::DbError);
}

TEST_F(RowProofs, ATransactionThatIsGivenUpLeavesNoNote) {
    std::size_t const before = store::row_notes_after(db(), "", {}, 1000).size();
    auto const refused = executor->run_blocking(Deadline::max(), [&](db::PgSession& session) {
        return service::in_transaction(session, [&](db::PgSession& inside) -> Outcome<void> {
            inside.command(copy());
            return fault(problem::conflict);
        });
    });
    EXPECT_FALSE(refused);
    EXPECT_EQ(store::row_notes_after(db(), "", {}, 1000).size(), before);
    EXPECT_EQ(damage(), std::vector<std::string>{});
}

TEST_F(RowProofs, TheProgramKnowsEachTableThatIsNoted) {
    static constexpr db::BinaryQuery noted{
        "test.noted", "select tgrelid::regclass::text from pg_trigger where tgname = 'note_row'"};
    std::vector<std::string> known;
    for (auto const& row : db().exec(noted)) known.push_back(row.get<std::string>(0));
    EXPECT_THAT(known, UnorderedElementsAreArray(store::noted_tables()));
}

/// Rows of the version before have none, and get theirs once.
TEST_F(RowProofs, WhatWasThereBeforeIsTakenOverOnceAndNeverAgain) {
    TempDir const folder;
    auto const keys = service::KeyService::open({.directory = folder.path() / "keys"}, clock).value();
    service::Vault const its = keys->vault();
    auto const proven = [&] {
        return std::ranges::all_of(store::row_notes_after(db(), "", {}, 1000),
                                   [&](store::RowNote const& note) { return is_proven(its, note); });
    };
    strike("update row_proof set proof = null, proof_key = null");
    EXPECT_FALSE(service::rows_are_proven(*keys));
    ASSERT_TRUE(service::take_over_rows(db(), *keys, clock.now()));
    EXPECT_TRUE(proven());
    EXPECT_TRUE(service::rows_are_proven(*keys));
    strike("update row_proof set proof = null, proof_key = null");
    ASSERT_TRUE(service::take_over_rows(db(), *keys, clock.now()));
    EXPECT_FALSE(proven());
}

}  // namespace
}  // namespace sponsio::testing

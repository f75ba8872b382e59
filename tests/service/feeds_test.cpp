#include "server/db/tx.hpp"
#include "server/store/commitments.hpp"
#include "server/store/events.hpp"
#include "server/store/log.hpp"
#include "server/store/submissions.hpp"
#include "tests/service/filing_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Somebody who reads to the end, keeps the place, and comes again.
class Feeds : public FilingWorld {
  protected:
    void SetUp() override {
        FilingWorld::SetUp();
        new_events();
        new_commitments();
    }

    [[nodiscard]] OrganisationId agency() const { return as("clerk").who->organisation; }

    std::vector<std::string> new_events() {
        std::vector<std::string> seen;
        for (auto const& row : store::events_after(db(), {.after = event_, .limit = 200}).rows) {
            event_ = row.id;
            seen.push_back(row.event.subject);
        }
        return seen;
    }

    std::vector<std::string> new_commitments(int limit = 200) {
        std::vector<std::string> seen;
        for (auto const& row : store::commitments_after(
                 db(),
                 {.organisation = agency(), .state = std::nullopt, .after = commitment_, .limit = limit})) {
            commitment_ = {row.position, row.code};
            seen.push_back(row.code);
        }
        return seen;
    }

    std::vector<std::string> new_batches() {
        std::vector<std::string> seen;
        for (auto const& row : store::batches_after(db(), std::nullopt, batch_, 200)) {
            batch_ = row.position;
            seen.push_back(row.batch_no);
        }
        return seen;
    }

    static void append(db::PgSession& db, std::string const& subject, Instant at) {
        store::append(db, store::Event{.at = at,
                                       .lifecycle = "commitment",
                                       .subject = subject,
                                       .from = std::nullopt,
                                       .event = "accept",
                                       .to = "effective",
                                       .actor = domain::System{},
                                       .why = std::nullopt,
                                       .rule = std::nullopt});
    }

    /// One more commitment like the one that is there, as a writer with a clock of its own would store it.
    static std::string copy(db::PgSession& db, char const* serial, char const* accepted,
                            char const* position = "nextval('commitment_position')") {
        db.command(
            "insert into commitment (shard, code, notice_id, matter_id, matter_version, "
            "organisation_id, filed_by, made_on, accepted_at, committer_kind, committer_index, sealed, "
            "content_digest, coverage, position) select shard, substr(code, 1, 14) || '" +
            std::string(serial) +
            "', notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, "
            "accepted_at + interval '" +
            accepted + "', committer_kind, committer_index, sealed, content_digest, coverage, " + position +
            " from commitment where substr(code, 15) = '000001'");
        return serial;
    }

    static std::vector<std::string> serials(std::vector<std::string> codes) {
        for (std::string& code : codes) code = code.substr(14);
        return codes;
    }

    std::int64_t event_ = 0;
    std::int64_t batch_ = 0;
    std::optional<store::CommitmentPlace> commitment_{};
};

TEST_F(Feeds, AnEventThatIsCommittedLateIsNotPassedOver) {
    db::PgSession slow(app());
    db::PgSession quick(app());
    db::Tx held(slow);
    append(slow, "slow", clock.now());
    append(quick, "quick", clock.now());
    EXPECT_THAT(new_events(), IsEmpty()) << "a lower number is still on its way";
    append(quick, "quick again", clock.now());
    EXPECT_THAT(new_events(), IsEmpty());
    held.commit();
    EXPECT_THAT(new_events(), ElementsAre("slow", "quick", "quick again"));
    EXPECT_THAT(new_events(), IsEmpty());
}

TEST_F(Feeds, WhatWasThereBeforeAnOpenTransactionIsShown) {
    db::PgSession slow(app());
    append(db(), "before", clock.now());
    db::Tx held(slow);
    append(slow, "slow", clock.now());
    EXPECT_THAT(new_events(), ElementsAre("before"));
}

TEST_F(Feeds, AnEventThatIsTakenBackHoldsNobodyUp) {
    db::PgSession slow(app());
    {
        db::Tx const dropped(slow);
        append(slow, "never", clock.now());
        append(db(), "after", clock.now());
    }
    EXPECT_THAT(new_events(), ElementsAre("after"));
}

TEST_F(Feeds, ACommitmentThatIsCommittedLateIsNotPassedOver) {
    ASSERT_TRUE(file(keyed("k"), body()));
    EXPECT_THAT(serials(new_commitments()), ElementsAre("000001"));
    db::PgSession slow(app());
    db::PgSession quick(app());
    db::Tx held(slow);
    copy(slow, "000002", "1 second");
    copy(quick, "000003", "2 seconds");
    EXPECT_THAT(new_commitments(), IsEmpty());
    held.commit();
    EXPECT_THAT(serials(new_commitments()), ElementsAre("000002", "000003"));
}

/// Two machines whose clocks are two hours apart write in turn.
TEST_F(Feeds, WhoseClockIsBehindLosesNoCommitment) {
    Instant const right = clock.now();
    ASSERT_TRUE(file(keyed("first"), body()));
    EXPECT_EQ(new_commitments().size(), 1U);
    for (int i = 0; i != 3; ++i) {
        clock.set(right + 2h + std::chrono::seconds(i));
        ASSERT_TRUE(file(keyed("ahead" + std::to_string(i)), body()));
        EXPECT_EQ(new_commitments().size(), 1U);
        clock.set(right + std::chrono::seconds(i));
        ASSERT_TRUE(file(keyed("behind" + std::to_string(i)), body()));
        EXPECT_EQ(new_commitments().size(), 1U) << i;
    }
}

/// Stored by a version that gave no positions: in the order of their times, before all others; of several of
/// one time by their codes.
TEST_F(Feeds, OlderCommitmentsStandFirst) {
    ASSERT_TRUE(file(keyed("k"), body()));
    copy(db(), "000004", "-1 hour", "null");
    copy(db(), "000003", "-1 hour", "null");
    copy(db(), "000002", "-2 hours", "null");
    commitment_.reset();
    std::vector<std::string> seen;
    for (auto page = new_commitments(1); !page.empty(); page = new_commitments(1))
        seen.push_back(serials(page).front());
    EXPECT_THAT(seen, ElementsAre("000002", "000003", "000004", "000001"));
    Instant const accepted = clock.now() - 1h;
    commitment_ = {store::CommitmentPlace::of(accepted), ""};
    EXPECT_THAT(serials(new_commitments()), ElementsAre("000003", "000004", "000001")) << "as an old cursor";
}

TEST_F(Feeds, ALeafThatIsCommittedLateIsNotPassedOver) {
    db::PgSession slow(app());
    db::PgSession quick(app());
    auto const leave = [&](db::PgSession& db, std::string const& subject) {
        store::insert_leaves(db, std::vector<store::NewLeaf>{{"draw", subject, "{}"}}, clock.now());
    };
    db::Tx held(slow);
    leave(slow, "slow");
    leave(quick, "quick");
    EXPECT_THAT(store::leaves_of_kind(db(), "draw", 0, 200), IsEmpty());
    held.commit();
    std::vector<std::string> seen;
    for (auto const& row : store::leaves_of_kind(db(), "draw", 0, 200)) seen.push_back(row.leaf.subject);
    EXPECT_THAT(seen, ElementsAre("slow", "quick"));
}

TEST_F(Feeds, ABatchThatIsCommittedLateIsNotPassedOver) {
    db::PgSession slow(app());
    db::PgSession quick(app());
    auto const store_batch = [&](db::PgSession& db, std::string const& number) {
        db.command(
            "insert into submission_batch (batch_no, organisation_id, manifest, records, record_count, "
            "kid, created_at, next_try_at) values ('" +
            number + "', '" + agency().text() + "', '', '', 1, 'k', now(), now())");
    };
    db::Tx held(slow);
    store_batch(slow, "B-2");
    store_batch(quick, "B-1");
    EXPECT_THAT(new_batches(), IsEmpty());
    held.commit();
    EXPECT_THAT(new_batches(), ElementsAre("B-2", "B-1"));
    EXPECT_EQ(store::batch_position(db(), "B-1"), batch_);
}

}  // namespace
}  // namespace sponsio::testing

#include "crypto/log/entry.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "server/service/filing/service.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using service::IssuedRecord;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

/// Records and the log they are in.
class RecordLedger : public RecordFixture {
  protected:
    std::vector<store::LeafRow> leaves_of(RecordId record) {
        return store::leaves_about(db(), "record", record.text());
    }
};

TEST_F(RecordLedger, ARecordAndItsLeafAreStoredTogether) {
    FindingId const first = effective(), second = effective();
    bool refuse = true;
    on_issued = [&](db::PgSession& session, IssuedRecord const& record) -> Outcome<void> {
        if (record.finding == second && refuse) return fault(problem::unavailable);
        // Seen by this transaction and by no other.
        EXPECT_THAT(store::leaves_about(session, "record", record.id.text()), SizeIs(1));
        EXPECT_THAT(leaves_of(record.id), IsEmpty());
        return {};
    };
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(leaves_announced, 1);
    auto const record = record_of(first);
    auto const leaves = leaves_of(record.id);
    ASSERT_EQ(leaves.size(), 1u);
    EXPECT_FALSE(leaves[0].place);
    EXPECT_FALSE(leaves[0].leaf.content);
    auto const entry = crypto::LogEntry::parse(as_bytes(leaves[0].leaf.entry)).value();
    EXPECT_EQ(entry.kind, "record");
    EXPECT_EQ(entry.time, to_rfc3339(clock.now()));
    // Whoever holds the record can say which leaf it has, whatever was disclosed to them.
    auto const bare = crypto::sd_jwt_parse(crypto::sd_jwt_present(record.sd_jwt, {}).value()).value();
    EXPECT_EQ(entry.digest, crypto::sha256(as_bytes(bare.jwt)));
    // What was not stored left nothing.
    EXPECT_EQ(store::pending_leaves(db()).first, 1);
    refuse = false;
    EXPECT_EQ(round().issued, 1u);
    EXPECT_EQ(store::pending_leaves(db()).first, 2);
}

TEST_F(RecordLedger, TheWriterTakesItUpAndProvesIt) {
    FindingId const finding = effective();
    LogWorld log(*executor, clock, 1);
    service::FilingService filing({.connection = app(), .shards = log.prepare().value()},
                                  service::FilingParts{ground(), known_regions(), terms}, log.writer_parts());
    round();
    filing.log_waiting();
    RecordId const id = record_of(finding).id;
    for (int i = 0; i != 250 && !leaves_of(id).at(0).place; ++i) std::this_thread::sleep_for(20ms);
    auto const leaf = leaves_of(id).at(0);
    ASSERT_TRUE(leaf.place);
    auto const proof = crypto::TlogProof::parse(service::first_proof(db(), *leaf.place).value()).value();
    EXPECT_TRUE(crypto::verify_tlog_proof(proof, as_bytes(leaf.leaf.entry), log.verifier(1)));
}

}  // namespace
}  // namespace sponsio::testing

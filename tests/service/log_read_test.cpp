#include "crypto/log/entry.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "server/service/filing/service.hpp"
#include "server/service/records/proof_service.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using service::TileCache;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

crypto::TilePath entries(std::uint64_t number) {
    return {.entries = true, .tile = {0, number, crypto::tile_width}};
}

TileCache::Content content(std::size_t size) {
    return std::make_shared<std::string const>(size, 'x');
}

TEST(TileCache, LetsGoWhatNobodyAskedForLongest) {
    TileCache cache(300);
    auto const first = content(100);
    cache.keep(1, entries(0), first);
    cache.keep(1, entries(1), content(100));
    cache.keep(1, entries(2), content(100));
    EXPECT_EQ(cache.find(1, entries(0)), first);
    cache.keep(1, entries(3), content(100));
    EXPECT_EQ(cache.find(1, entries(1)), nullptr);
    EXPECT_EQ(cache.find(1, entries(0)), first);
    EXPECT_NE(cache.find(1, entries(2)), nullptr);
    cache.keep(1, entries(4), content(300));
    for (std::uint64_t n : {0U, 1U, 2U, 3U}) EXPECT_EQ(cache.find(1, entries(n)), nullptr);
    EXPECT_NE(cache.find(1, entries(4)), nullptr);
}

TEST(TileCache, KnowsOneTileFromAnother) {
    TileCache cache(1000);
    auto const bundle = content(10);
    cache.keep(1, entries(0), bundle);
    EXPECT_EQ(cache.find(2, entries(0)), nullptr);
    EXPECT_EQ(cache.find(1, {.entries = false, .tile = entries(0).tile}), nullptr);
    cache.keep(1, entries(0), content(20));
    EXPECT_EQ(cache.find(1, entries(0)), bundle);
    cache.keep(1, entries(1), content(1001));
    EXPECT_EQ(cache.find(1, entries(1)), nullptr);
}

/// A log that leaves of all kinds are written to.
class LogReadTest : public RecordFixture {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        log = std::make_unique<LogWorld>(*executor, clock, 1);
        auto shards = log->prepare().value();
        filing = std::make_unique<service::FilingService>(
            service::FilingOptions{.connection = app(), .shards = std::move(shards)},
            service::FilingParts{ground(), known_regions(), terms}, log->writer_parts());
    }

    void TearDown() override {
        filing.reset();
        log.reset();
        RecordFixture::TearDown();
    }

    void leave(std::string kind, std::string const& subject, std::optional<std::string> said = {}) {
        crypto::Digest const digest = crypto::sha256(as_bytes(said.value_or(subject)));
        std::string entry = crypto::LogEntry{kind, to_rfc3339(clock.now()), digest}.text();
        store::insert_leaf(db(), {std::move(kind), subject, std::move(entry), std::move(said)}, clock.now());
    }

    void write_log() {
        filing->log_waiting();
        for (int i = 0; store::pending_leaves(db()).first != 0; ++i) {
            if (i == 200) throw std::runtime_error("the writer does not take the leaves up");
            std::this_thread::sleep_for(50ms);
        }
    }

    std::unique_ptr<LogWorld> log;
    std::unique_ptr<service::FilingService> filing;
};

TEST_F(LogReadTest, NamesTheKeyThatSignedTheNewestCheckpoint) {
    auto const other = crypto::PrivateKey::generate(crypto::Algorithm::ed25519).public_key();
    std::vector<crypto::PublicKey> known{other, log->signer->public_key()};
    service::LogService reader(*executor, {.signer = log->keys().signer, .known = [&known] { return known; }},
                               {.name = "test.example", .heads = log->service.heads()}, clock);
    std::string const own = log->verifier(1).vkey() + "\n";
    EXPECT_EQ(await(reader.verifier_key(1, soon())).value(), own);
    EXPECT_EQ(await(reader.verifier_keys(1, soon())).value(),
              crypto::NoteVerifier("test.example/log/1", other).vkey() + "\n" + own);
    known.pop_back();
    EXPECT_EQ(said(await(reader.verifier_key(1, soon()))), "unavailable");
    EXPECT_EQ(said(await(reader.verifier_key(2, soon()))), "not-found");
}

TEST_F(LogReadTest, ListsPublicLeavesByKindFromWhereItWasLeft) {
    for (int i = 0; i != 3; ++i) {
        leave("key", "k" + std::to_string(i), R"({"n":)" + std::to_string(i) + "}");
        leave("rules", "r" + std::to_string(i), "{}");
    }
    auto const page = [&](std::int64_t after) {
        return await(log->service.leaves(service::PublicLeaf::key, after, 2, soon())).value().items;
    };
    auto const subjects = [](std::vector<domain::Json> const& leaves) {
        std::vector<std::string> found;
        for (auto const& leaf : leaves) found.push_back(leaf.at("subject").as_string());
        return found;
    };
    auto const first = page(0);
    EXPECT_THAT(subjects(first), ElementsAre("k0", "k1"));
    EXPECT_EQ(first[1].at("content").as_string(), R"({"n":1})");
    EXPECT_THAT(subjects(page(first[1].at("leaf_id").as_int())), ElementsAre("k2"));
    write_log();
    domain::Json const logged = page(0)[1];
    auto const place = static_cast<unsigned>(logged.at("leaf_index").as_int());
    auto const bundle =
        await(log->service.tile(1, "tile/entries/000.p/" + std::to_string(place + 1), soon())).value();
    EXPECT_TRUE(bundle->ends_with(logged.at("entry").as_string()));
}

TEST_F(LogReadTest, ProvesARecordToWhoMayReadIt) {
    FindingId const finding = effective();
    round();
    RecordId const id = record_of(finding).id;
    service::ProofService proofs(*executor, *vault);
    auto const asked = [&](char const* who, std::optional<std::uint64_t> size = {}) {
        return await(proofs.of_record(as(who), id, {size}));
    };
    auto const early = asked("supervisor");
    ASSERT_EQ(said(early), "conflict");
    EXPECT_TRUE(early.error().retry_after);
    auto const shown = [&] {
        return await(records->one(as("supervisor"), id, {})).value()->to_json().at("log");
    };
    EXPECT_TRUE(shown().at("leaf_index").is_null());
    write_log();
    auto const proof = crypto::TlogProof::parse(asked("supervisor").value()).value();
    std::string const entry = shown().at("entry").as_string();
    EXPECT_EQ(shown().at("leaf_index").as_int(), static_cast<std::int64_t>(proof.index));
    auto const seen = crypto::verify_tlog_proof(proof, as_bytes(entry), log->verifier(1)).value();
    EXPECT_EQ(seen.size, store::log_head(db(), 1)->size);
    EXPECT_EQ(said(asked("stranger")), "not-found");
    EXPECT_EQ(said(asked("supervisor", proof.index)), "conflict");
    EXPECT_EQ(said(asked("supervisor", seen.size)), "ok");
    EXPECT_EQ(said(asked("supervisor", seen.size + 1)), "not-found");
    EXPECT_EQ(said(await(proofs.of_record(as("supervisor"), RecordId{Uuid{}}, {}))), "not-found");
}

}  // namespace
}  // namespace sponsio::testing

#include "crypto/keys/store.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "server/service/filing/service.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/log/keeper.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using service::KeyPlace;
using service::KeyService;
using service::LogKeeper;
namespace purpose = service::purpose;
using namespace std::chrono_literals;

/// A log with real keys, which change.
class LogKeeping : public RecordFixture {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        keys = KeyService::open(KeyPlace::below(directory.path()), clock).value();
        keeper = make_keeper();
    }

    void TearDown() override {
        filing.reset();
        keeper.reset();
        RecordFixture::TearDown();
    }

    std::unique_ptr<LogKeeper> make_keeper() {
        return std::make_unique<LogKeeper>(LogKeeper::Parts{.db = *executor,
                                                            .vault = *vault,
                                                            .keys = [this] { return keys->keys(); },
                                                            .rules = *rules,
                                                            .clock = clock,
                                                            .leaves_waiting = [this] { ++announced; }});
    }

    /// A server's start: everything that is stored is compared with what was signed.
    void start_log() {
        filing.reset();
        service::LogService ledger(
            *executor, service::log_keys(*keys),
            {.name = "test.example", .shards = 1, .heads = {.directories = {directory.path() / "log"}}},
            clock);
        filing = std::make_unique<service::FilingService>(
            service::FilingOptions{.connection = app(), .shards = ledger.prepare(soon()).value()},
            service::FilingParts{ground(), known_regions(), terms},
            service::LogWriterParts{
                .keys = service::log_keys(*keys), .heads = ledger.heads(), .leases = leases});
    }

    [[nodiscard]] crypto::PublicKey key_named(std::string const& kid) const {
        for (auto const& key : keys->keys())
            if (key.kid == kid) return key.key;
        throw std::invalid_argument(kid);
    }

    std::vector<store::LeafRow> leaves_of(std::string const& kind, std::string const& subject) {
        return store::leaves_about(db(), kind, subject);
    }

    /// The last leaf about it, once it is in the log.
    store::LeafRow logged(std::string const& kind, std::string const& subject) {
        filing->log_waiting();
        for (int i = 0; i != 250 && !leaves_of(kind, subject).back().place; ++i)
            std::this_thread::sleep_for(20ms);
        return leaves_of(kind, subject).back();
    }

    bool proves(std::string const& proof, store::LeafRow const& leaf, std::string const& kid) {
        crypto::NoteVerifier const vkey("test.example/log/1", key_named(kid));
        return static_cast<bool>(crypto::verify_tlog_proof(crypto::TlogProof::parse(proof).value(),
                                                           as_bytes(leaf.leaf.entry), vkey));
    }

    std::size_t keep() { return keeper->round(soon()).value(); }

    domain::Json content(store::LeafRow const& leaf) {
        std::string const text = leaf.leaf.content.value();
        auto const entry = crypto::LogEntry::parse(as_bytes(leaf.leaf.entry)).value();
        EXPECT_EQ(entry.digest, crypto::sha256(as_bytes(text)));
        auto json = json::parse(text).value();
        EXPECT_EQ(json::canonical(json), text);
        EXPECT_EQ(json.at("salt").as_string().size(), 22u);
        return json;
    }

    TempDir directory;
    service::LeaseBook leases{1};
    int announced = 0;
    std::unique_ptr<KeyService> keys;
    std::unique_ptr<LogKeeper> keeper;
    std::unique_ptr<service::FilingService> filing;
};

TEST_F(LogKeeping, EveryKeyAndRulePackIsNamedOnce) {
    std::size_t const all = keys->keys().size() + rules->packs().size();
    EXPECT_EQ(keep(), all);
    EXPECT_EQ(announced, 1);
    EXPECT_EQ(keep(), 0u);
    EXPECT_EQ(make_keeper()->round(soon()).value(), 0u) << "after a restart, or in another process";
    EXPECT_EQ(announced, 1);
    for (auto const& key : keys->keys()) {
        auto const leaves = leaves_of("key", key.kid);
        ASSERT_EQ(leaves.size(), 1u);
        auto const said = content(leaves[0]);
        EXPECT_EQ(said.at("purpose").as_string(), key.purpose);
        EXPECT_EQ(said.at("not_before").as_string(), to_rfc3339(Instant{key.not_before}));
        EXPECT_TRUE(said.at("retired_at").is_null());
        EXPECT_EQ(crypto::PublicKey::from_jwk(said.at("jwk")).value(), key.key);
        EXPECT_FALSE(said.at("jwk").find("d")) << "the private half";
    }
    for (auto const& pack : rules->packs()) {
        auto const leaves = leaves_of("rules", pack.pack_id + " " + pack.version);
        ASSERT_EQ(leaves.size(), 1u);
        auto const said = content(leaves[0]);
        EXPECT_EQ(said.at("jurisdiction").as_string(), pack.jurisdiction);
        std::string const digest = said.at("digest_sha256").as_string();
        auto const files = resources_in("rules/");
        EXPECT_TRUE(std::ranges::any_of(files, [&](Resource const& file) {
            return to_hex(crypto::sha256(as_bytes(file.bytes))) == digest;
        }));
    }
}

TEST_F(LogKeeping, ARotationIsTwoLeaves) {
    keep();
    std::string const old = keys->signer(purpose::record, clock.now()).value()->kid();
    std::string const next = keys->rotate(purpose::record, clock.now(), 24h).value();
    EXPECT_EQ(keep(), 2u);
    auto const leaves = leaves_of("key", old);
    ASSERT_EQ(leaves.size(), 2u);
    EXPECT_TRUE(content(leaves[0]).at("retired_at").is_null());
    EXPECT_EQ(content(leaves[1]).at("retired_at"), content(leaves_of("key", next).at(0)).at("not_before"));
    EXPECT_EQ(keep(), 0u);
}

/// What was signed before a rotation verifies for ever; what comes after is of the new key.
TEST_F(LogKeeping, TheLogGoesOnUnderANewKey) {
    start_log();
    keep();
    std::string const old = keys->signer(purpose::log, clock.now()).value()->kid();
    auto const before = logged("key", old);
    ASSERT_TRUE(before.place);
    std::string const receipt = service::first_proof(db(), *before.place).value();
    EXPECT_TRUE(proves(receipt, before, old));

    std::string const next = keys->rotate(purpose::log, clock.now(), 0h).value();
    clock.advance(1s);
    EXPECT_EQ(keep(), 2u);
    auto const after = logged("key", next);
    ASSERT_TRUE(after.place);
    std::string const proof = service::first_proof(db(), *after.place).value();
    EXPECT_TRUE(proves(proof, after, next));
    EXPECT_FALSE(proves(proof, after, old));
    EXPECT_TRUE(proves(receipt, before, old));
    EXPECT_FALSE(proves(receipt, before, next));
    EXPECT_EQ(service::first_proof(db(), *before.place).value(), receipt) << "asked for once more";

    // A restart takes the tree over, and a head that only the old key signed too.
    start_log();
    keys->rotate(purpose::log, clock.now(), 0h).value();
    start_log();
    EXPECT_EQ(keep(), 2u);
}

TEST_F(LogKeeping, RecordsFromBeforeTheLogGetTheirLeaf) {
    FindingId const first = effective(), second = effective();
    round();
    std::string const record = record_of(first).id.text(), erased = record_of(second).id.text();
    admin().command("delete from log_leaf");
    admin().command("insert into record_without_leaf select record_id from credit_record");
    admin().command("update credit_record set wrapped_key = null, master_key_id = null where record_id = '" +
                    erased + "'");
    EXPECT_EQ(keep(), keys->keys().size() + rules->packs().size() + 2);
    auto const leaves = leaves_of("record", record);
    ASSERT_EQ(leaves.size(), 1u);
    auto const jwt = crypto::sd_jwt_parse(record_of(first).sd_jwt).value().jwt;
    EXPECT_EQ(crypto::LogEntry::parse(as_bytes(leaves[0].leaf.entry)).value().digest,
              crypto::sha256(as_bytes(jwt)));
    EXPECT_TRUE(leaves_of("record", erased).empty());
    EXPECT_EQ(keep(), 0u);
    EXPECT_EQ(keep(), 0u);
    EXPECT_EQ(leaves_of("record", record).size(), 1u);
}

}  // namespace
}  // namespace sponsio::testing

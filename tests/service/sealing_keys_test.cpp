#include "server/service/keys/sealing_keys.hpp"

#include "crypto/keys/store.hpp"
#include "server/store/commitments.hpp"
#include "server/store/sealing_keys.hpp"
#include "tests/service/record_world.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using service::KeyService;
using service::SealingKeys;
using namespace std::chrono_literals;

/// What happens from `sponsio key rotate --purpose sealing` to the end of the old key.
class SealingKeysTest : public RecordFixture {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        keys = KeyService::open(
                   {.directory = place.path() / "keys", .passphrase = "一个足够长的测试口令短语"}, clock)
                   .value();
        *vault = keys->vault();
        rounds =
            std::make_unique<SealingKeys>(*executor, *keys, metrics, SealingKeys::Options{.settling = 0ms});
    }

    void TearDown() override {
        rounds.reset();
        RecordFixture::TearDown();
        keys.reset();
    }

    RecordId issued() {
        FindingId const finding = effective();
        round();
        return record_of(finding).id;
    }

    std::string first_key() { return keys->sealing_keys().front().id; }

    void rotate() { (void)keys->rotate(service::purpose::sealing, clock.now(), 0s).value(); }

    /// Rounds until only one key is left, or for so long.
    bool down_to_one(std::chrono::seconds limit) {
        auto const end = std::chrono::steady_clock::now() + limit;
        while (keys->sealing_keys().size() != 1 && std::chrono::steady_clock::now() < end) {
            if (rounds->round(soon()).value() == 0) std::this_thread::sleep_for(50ms);
        }
        return keys->sealing_keys().size() == 1;
    }

    TempDir place;
    std::unique_ptr<KeyService> keys;
    std::unique_ptr<SealingKeys> rounds;
};

TEST_F(SealingKeysTest, EverythingOpensWithTheNewKeyAndTheOldOneIsDestroyed) {
    RecordId const record = issued();
    std::string const old = first_key();
    auto const before = store::record_by_id(db(), record).value().sd_jwt;
    ASSERT_EQ(before.master_key_id, old);
    rotate();
    EXPECT_TRUE(down_to_one(30s));
    EXPECT_NE(first_key(), old);

    EXPECT_EQ(said(await(records->one(as("supervisor"), record, service::Disclose::all))), "ok");
    auto const after = store::record_by_id(db(), record).value().sd_jwt;
    EXPECT_EQ(after.master_key_id, first_key());
    EXPECT_EQ(after.content, before.content);
    for (auto const& key : store::wrapped_keys) {
        std::int64_t const pages = store::pages_of(db(), key);
        EXPECT_EQ(store::rewrap_pages(db(), key, first_key(), 0, pages, [](auto const& one) { return one; }),
                  0u)
            << key.table << "." << key.wrapped;
    }
    // A copy of the row as it was, from a backup or the write-ahead log, opens with no key that is left.
    for (std::string const& id : vault->keys().ids())
        EXPECT_FALSE(vault->keys().unwrap(*before.wrapped_key, id));
    EXPECT_FALSE(vault->keys().unwrap(*before.wrapped_key, old));
}

TEST_F(SealingKeysTest, AKeyThatAnotherProcessSealsWithIsNotDestroyed) {
    (void)issued();
    std::string const old = first_key();
    Uuid const other = Uuid::v7(clock.now(), crypto::system_entropy().array<10>());
    store::tell_sealing(db(), other, old);
    rotate();
    EXPECT_FALSE(down_to_one(9s));
    EXPECT_EQ(keys->sealing_keys().size(), 2u);
    store::end_sealing(db(), other);
    EXPECT_TRUE(down_to_one(30s));
}

TEST_F(SealingKeysTest, AKeyIsKeptForADamagedRow) {
    RecordId const record = issued();
    admin().command(
        "update credit_record set wrapped_key = set_byte(wrapped_key, 7, get_byte(wrapped_key, 7) # 1)");
    rotate();
    EXPECT_FALSE(down_to_one(9s));
    EXPECT_EQ(keys->sealing_keys().size(), 2u);
    EXPECT_EQ(said(await(records->one(as("supervisor"), record, service::Disclose::all))), "internal");
}

}  // namespace
}  // namespace sponsio::testing

#include "crypto/keys/sealing.hpp"

#include "crypto/secret.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

MasterKeys ring(std::initializer_list<std::pair<char const*, std::uint8_t>> keys) {
    std::vector<MasterKey> out;
    for (auto const& [id, fill] : keys) out.push_back({id, Secret(Bytes(32, fill))});
    return MasterKeys(std::move(out));
}

TEST(Sealing, OpensWhatItSealed) {
    auto const keys = ring({{"m1", 1}});
    for (std::size_t const size : {0U, 1U, 15U, 16U, 17U, 1000U}) {
        Bytes const plain(size, 0x5a);
        auto const sealed = keys.seal(plain, as_bytes("commitments/committer/1"));
        EXPECT_EQ(sealed.master_key_id, "m1");
        EXPECT_EQ(sealed.wrapped_key.size(), 40U);
        EXPECT_EQ(sealed.ciphertext.size(), size + DataKey::overhead);
        EXPECT_EQ(keys.open(sealed.ciphertext, sealed.wrapped_key, "m1", as_bytes("commitments/committer/1"))
                      .value(),
                  plain);
    }
}

TEST(Sealing, EvidenceOfEightMebibytes) {
    auto const keys = ring({{"m1", 1}});
    Bytes plain(std::size_t{8} << 20);
    test::FixedEntropy().fill(plain);
    auto const sealed = keys.seal(plain, as_bytes("evidence/1"));
    EXPECT_EQ(keys.open(sealed.ciphertext, sealed.wrapped_key, "m1", as_bytes("evidence/1")).value(), plain);
}

TEST(Sealing, EveryObjectHasItsOwnKeyAndNonce) {
    auto const keys = ring({{"m1", 1}});
    auto const a = keys.seal(as_bytes("张三"), {});
    auto const b = keys.seal(as_bytes("张三"), {});
    EXPECT_NE(a.ciphertext, b.ciphertext);
    EXPECT_NE(a.wrapped_key, b.wrapped_key);
    EXPECT_FALSE(keys.open(a.ciphertext, b.wrapped_key, "m1", {}));
}

TEST(Sealing, IsTheSameForTheSameEntropy) {
    auto const keys = ring({{"m1", 1}});
    test::FixedEntropy one;
    test::FixedEntropy two;
    EXPECT_EQ(keys.seal(as_bytes("x"), {}, one).ciphertext, keys.seal(as_bytes("x"), {}, two).ciphertext);
}

TEST(Sealing, RefusesEveryAlteredByte) {
    auto const keys = ring({{"m1", 1}});
    auto const sealed = keys.seal(as_bytes("张三"), as_bytes("row 1"));
    for (std::size_t i = 0; i != sealed.ciphertext.size(); ++i) {
        Bytes altered = sealed.ciphertext;
        altered[i] ^= 1;
        EXPECT_EQ(keys.open(altered, sealed.wrapped_key, "m1", as_bytes("row 1")).error().code,
                  seal_error::not_authentic);
    }
    for (std::size_t i = 0; i != sealed.wrapped_key.size(); ++i) {
        Bytes altered = sealed.wrapped_key;
        altered[i] ^= 1;
        EXPECT_EQ(keys.open(sealed.ciphertext, altered, "m1", as_bytes("row 1")).error().code,
                  seal_error::bad_wrapped_key);
    }
    for (std::size_t size = 0; size != sealed.ciphertext.size(); ++size)
        EXPECT_FALSE(
            keys.open(ByteView(sealed.ciphertext).first(size), sealed.wrapped_key, "m1", as_bytes("row 1")));
    for (std::size_t const size : {0U, 8U, 16U, 24U, 32U, 39U})
        EXPECT_EQ(
            keys.open(sealed.ciphertext, ByteView(sealed.wrapped_key).first(size), "m1", {}).error().code,
            seal_error::bad_wrapped_key);
}

TEST(Sealing, ValueCannotBeMovedToAnotherPlace) {
    auto const keys = ring({{"m1", 1}});
    auto const sealed = keys.seal(as_bytes("张三"), as_bytes("row 1"));
    EXPECT_EQ(keys.open(sealed.ciphertext, sealed.wrapped_key, "m1", as_bytes("row 2")).error().code,
              seal_error::not_authentic);
    EXPECT_EQ(keys.open(sealed.ciphertext, sealed.wrapped_key, "m1", {}).error().code,
              seal_error::not_authentic);
}

TEST(Sealing, RotationKeepsOldObjectsAndRewrapsThem) {
    auto const before = ring({{"m1", 1}});
    auto const after = ring({{"m1", 1}, {"m2", 2}});
    auto const without_first = ring({{"m2", 2}});
    EXPECT_EQ(after.current_id(), "m2");
    auto const sealed = before.seal(as_bytes("x"), {});
    EXPECT_TRUE(after.open(sealed.ciphertext, sealed.wrapped_key, "m1", {}));
    auto const rewrapped = after.rewrap(sealed.wrapped_key, "m1");
    ASSERT_TRUE(rewrapped);
    EXPECT_EQ(rewrapped->master_key_id, "m2");
    EXPECT_TRUE(without_first.open(sealed.ciphertext, rewrapped->wrapped, "m2", {}));
    EXPECT_EQ(without_first.open(sealed.ciphertext, sealed.wrapped_key, "m1", {}).error().code,
              seal_error::unknown_master_key);
    EXPECT_EQ(after.open(sealed.ciphertext, sealed.wrapped_key, "m2", {}).error().code,
              seal_error::bad_wrapped_key);
    EXPECT_EQ(without_first.rewrap(sealed.wrapped_key, "m1").error().code, seal_error::unknown_master_key);
    EXPECT_EQ(after.rewrap(Bytes(40), "m1").error().code, seal_error::bad_wrapped_key);
}

TEST(Sealing, WithoutItsDataKeyAnObjectIsGoneForEver) {
    auto const keys = ring({{"m1", 1}, {"m2", 2}});
    auto const kept = keys.seal(as_bytes("张三"), as_bytes("row 1"));
    auto gone = keys.seal(as_bytes("李四"), as_bytes("row 2"));
    gone.wrapped_key.clear();
    EXPECT_EQ(keys.open(gone.ciphertext, gone.wrapped_key, "m2", as_bytes("row 2")).error().code,
              seal_error::bad_wrapped_key);
    EXPECT_EQ(keys.rewrap(gone.wrapped_key, "m2").error().code, seal_error::bad_wrapped_key);
    // Neither the key of another object nor a new one helps.
    EXPECT_EQ(keys.open(gone.ciphertext, kept.wrapped_key, "m2", as_bytes("row 2")).error().code,
              seal_error::not_authentic);
    EXPECT_FALSE(keys.new_data_key().key.open(gone.ciphertext, as_bytes("row 2")));
    EXPECT_EQ(as_text(keys.open(kept.ciphertext, kept.wrapped_key, "m2", as_bytes("row 1")).value()), "张三");
}

TEST(Sealing, OneKeyForTheManyPartsOfOneObject) {
    auto const keys = ring({{"m1", 1}});
    auto const fresh = keys.new_data_key();
    Bytes const name = fresh.key.seal(as_bytes("张三"), as_bytes("name"));
    Bytes const reason = fresh.key.seal(as_bytes("出生证明遗失"), as_bytes("reason"));
    auto const key = keys.unwrap(fresh.wrapped.wrapped, fresh.wrapped.master_key_id);
    ASSERT_TRUE(key);
    EXPECT_EQ(as_text(key->open(name, as_bytes("name")).value()), "张三");
    EXPECT_EQ(as_text(key->open(reason, as_bytes("reason")).value()), "出生证明遗失");
    EXPECT_FALSE(key->open(reason, as_bytes("name")));
}

TEST(Sealing, RefusesWrongRings) {
    EXPECT_THROW(MasterKeys({}), Failure);
    EXPECT_THROW(ring({{"m1", 1}, {"m1", 2}}), Failure);
    std::vector<MasterKey> short_key;
    short_key.push_back({"m1", Secret(Bytes(16))});
    EXPECT_THROW(MasterKeys(std::move(short_key)), Failure);
    EXPECT_THROW(DataKey(Secret(Bytes(31))), Failure);
}

}  // namespace
}  // namespace sponsio::crypto

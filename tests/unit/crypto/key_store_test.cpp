#include "crypto/keys/manifest.hpp"
#include "crypto/keys/store.hpp"
#include "crypto/keys/wrap.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <sys/stat.h>
#include <thread>

namespace sponsio::crypto {
namespace {

namespace fs = std::filesystem;

constexpr ScryptCost quick{.n = 2, .p = 1};
constexpr char const* passphrase = "正确的口令";

std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

class KeyStoreTest : public testing::Test {
  protected:
    KeyStore made() { return KeyStore::create(dir_, passphrase, at(1000), quick).value(); }

    Result<KeyStore> opened() const { return KeyStore::open(dir_, passphrase); }

    /// Replaces a piece of the manifest as somebody could who has the file but not the passphrase.
    void alter_manifest(std::string_view from, std::string_view to) {
        std::string text = test::read_file(dir_ / "manifest.json");
        auto const found = text.find(from);
        ASSERT_NE(found, std::string::npos) << from;
        text.replace(found, from.size(), to);
        test::write_file(dir_ / "manifest.json", text);
    }

    test::TempDir temp_;
    fs::path const dir_ = temp_ / "keys";
};

TEST_F(KeyStoreTest, KeepsSigningKeysOverAReopen) {
    std::string kid;
    {
        auto store = made();
        kid = store.create_key("record", Algorithm::es256, at(1000)).value();
        store.create_key("submission", Algorithm::sm2, at(1000)).value();
        store.create_key("log", Algorithm::ed25519, at(1000)).value();
    }
    auto const store = opened().value();
    ASSERT_EQ(store.keys().size(), 3U);
    auto const signer = store.signer("record", at(1000)).value();
    EXPECT_EQ(signer->kid(), kid);
    EXPECT_EQ(store.find(kid)->purpose, "record");
    EXPECT_EQ(store.find(kid)->key.thumbprint(), kid);
    EXPECT_TRUE(store.find(kid)->key.verify(as_bytes("m"), signer->sign(as_bytes("m"))));
    EXPECT_EQ(store.signer("submission", at(1000)).value()->algorithm(), Algorithm::sm2);
    EXPECT_EQ(store.signer("log", at(1000)).value()->algorithm(), Algorithm::ed25519);
    EXPECT_EQ(store.signer("record", at(2000)).value(), signer) << "decrypted once";
    EXPECT_FALSE(store.find("other"));
}

TEST_F(KeyStoreTest, FilesAreForTheOwnerOnly) {
    auto store = made();
    auto const kid = store.create_key("record", Algorithm::es256, at(1000)).value();
    auto const mode = [](fs::path const& path) {
        struct ::stat state {};
        EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
        return state.st_mode & 07777U;
    };
    EXPECT_EQ(mode(dir_), 0700U);
    EXPECT_EQ(mode(dir_ / "manifest.json"), 0600U);
    EXPECT_EQ(mode(dir_ / (kid + ".pem")), 0600U);
    EXPECT_FALSE(fs::exists(dir_ / "manifest.json.new"));
}

TEST_F(KeyStoreTest, OpenFilesAreRefused) {
    made();
    fs::permissions(dir_ / "manifest.json", fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(opened().error().code, store_error::permissions);
    EXPECT_EQ(opened().error().where, "manifest.json");
    fs::permissions(dir_ / "manifest.json", fs::perms::group_read, fs::perm_options::remove);
    EXPECT_TRUE(opened());
    fs::permissions(dir_, fs::perms::others_write, fs::perm_options::add);
    EXPECT_EQ(opened().error().code, store_error::permissions);
}

TEST_F(KeyStoreTest, NothingInClearLiesInTheFiles) {
    auto store = made();
    auto const kid = store.create_key("record", Algorithm::es256, at(1000)).value();
    for (auto const& entry : fs::directory_iterator(dir_)) {
        auto const text = test::read_file(entry.path());
        EXPECT_EQ(text.find(passphrase), std::string::npos);
        EXPECT_EQ(text.find("BEGIN PRIVATE KEY"), std::string::npos);
    }
    EXPECT_TRUE(test::read_file(dir_ / (kid + ".pem")).starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
}

TEST_F(KeyStoreTest, WrongPassphraseIsToldFromDamage) {
    made();
    EXPECT_EQ(KeyStore::open(dir_, "wrong").error().code, store_error::wrong_passphrase);
    EXPECT_EQ(KeyStore::open(dir_, "").error().code, store_error::wrong_passphrase);
    EXPECT_EQ(KeyStore::create(temp_ / "other", "", at(0), quick).error().code,
              store_error::wrong_passphrase);
    EXPECT_EQ(KeyStore::open(temp_ / "nothing", passphrase).error().code, store_error::missing);
    EXPECT_EQ(KeyStore::create(dir_, passphrase, at(0), quick).error().code, store_error::exists);
}

TEST_F(KeyStoreTest, AlteredManifestIsRefused) {
    auto store = made();
    store.create_key("record", Algorithm::es256, at(1000)).value();
    std::string const good = test::read_file(dir_ / "manifest.json");
    alter_manifest(R"("purpose":"record")", R"("purpose":"recorx")");
    EXPECT_EQ(opened().error().code, store_error::damaged);
    EXPECT_EQ(store.reload().error().code, store_error::damaged);
    test::write_file(dir_ / "manifest.json", good);
    EXPECT_TRUE(opened());
    alter_manifest(R"("created":1000)", R"("created":1001)");
    EXPECT_EQ(opened().error().code, store_error::damaged);
    test::write_file(dir_ / "manifest.json", good.substr(0, good.size() / 2));
    EXPECT_EQ(opened().error().code, store_error::damaged);
    test::write_file(dir_ / "manifest.json", "");
    EXPECT_EQ(opened().error().code, store_error::damaged);
    EXPECT_EQ(opened().error().where, "manifest.json");
}

TEST_F(KeyStoreTest, EveryAlteredByteOfTheManifestIsNoticed) {
    made();
    std::string const good = test::read_file(dir_ / "manifest.json");
    for (std::size_t i = 0; i + 1 < good.size(); ++i) {
        std::string altered = good;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        test::write_file(dir_ / "manifest.json", altered);
        EXPECT_FALSE(opened()) << i;
    }
}

TEST_F(KeyStoreTest, CostBeyondReasonIsRefusedBeforeItIsPaid) {
    made();
    alter_manifest(R"("n":2)", R"("n":1073741824)");
    EXPECT_EQ(opened().error().code, store_error::damaged);
}

TEST_F(KeyStoreTest, LaterVersionIsNamed) {
    made();
    alter_manifest(R"("version":1)", R"("version":2)");
    EXPECT_EQ(opened().error().code, store_error::newer);
}

TEST_F(KeyStoreTest, DamagedKeyFilesAreNamed) {
    auto store = made();
    auto const kid = store.create_key("record", Algorithm::es256, at(1000)).value();
    auto const other = store.create_key("log", Algorithm::es256, at(1000)).value();
    std::string const good = test::read_file(dir_ / (kid + ".pem"));
    auto const refused = [&] {
        auto const signer = opened()->signer("record", at(1000));
        EXPECT_FALSE(signer);
        EXPECT_EQ(signer.error().where, kid + ".pem");
        return signer.error().code;
    };
    test::write_file(dir_ / (kid + ".pem"), good.substr(0, 100));
    EXPECT_EQ(refused(), store_error::damaged);
    test::write_file(dir_ / (kid + ".pem"), test::read_file(dir_ / (other + ".pem")));
    EXPECT_EQ(refused(), store_error::damaged) << "the file of another key";
    fs::remove(dir_ / (kid + ".pem"));
    EXPECT_EQ(refused(), store_error::damaged);
}

TEST_F(KeyStoreTest, RotationOverlaps) {
    auto store = made();
    auto const first = store.create_key("record", Algorithm::es256, at(1000)).value();
    auto const second = store.rotate("record", at(2000), std::chrono::seconds(100)).value();
    EXPECT_EQ(store.signer("record", at(2050)).value()->kid(), first);
    EXPECT_EQ(store.signer("record", at(2099)).value()->kid(), first);
    EXPECT_EQ(store.signer("record", at(2100)).value()->kid(), second);
    EXPECT_EQ(store.find(second)->key.algorithm(), Algorithm::es256);
    EXPECT_EQ(store.rotate("record", at(2050)).error().code, store_error::rotation_pending);
    auto const third = store.rotate("record", at(3000)).value();
    EXPECT_EQ(store.signer("record", at(3000)).value()->kid(), third);

    auto const set = opened()->jwks();
    ASSERT_EQ(set.keys().size(), 3U) << "old keys stay listed";
    EXPECT_EQ(set.find(first)->not_before, at(1000));
    EXPECT_EQ(set.find(first)->retired_at, at(2100));
    EXPECT_EQ(set.find(second)->not_before, at(2100));
    EXPECT_EQ(set.find(second)->retired_at, at(3000));
    EXPECT_FALSE(set.find(third)->retired_at);
}

TEST_F(KeyStoreTest, SignersAreForTheirTimeAndPurpose) {
    auto store = made();
    store.create_key("record", Algorithm::es256, at(1000)).value();
    EXPECT_EQ(store.signer("record", at(999)).error().code, store_error::not_valid);
    EXPECT_EQ(store.signer("other", at(1000)).error().code, store_error::unknown_purpose);
    EXPECT_EQ(store.rotate("other", at(1000)).error().code, store_error::unknown_purpose);
    EXPECT_EQ(store.create_key("record", Algorithm::es256, at(1000)).error().code,
              store_error::purpose_taken);
    EXPECT_EQ(store.create_key("../record", Algorithm::es256, at(1000)).error().code,
              store_error::bad_purpose);
    EXPECT_EQ(store.create_key("", Algorithm::es256, at(1000)).error().code, store_error::bad_purpose);
}

TEST_F(KeyStoreTest, ImportsAKey) {
    auto store = made();
    auto const key = PrivateKey::generate(Algorithm::ed25519);
    auto const kid = store.import_key("log", key, at(1000)).value();
    EXPECT_EQ(kid, key.public_key().thumbprint());
    EXPECT_EQ(opened()->signer("log", at(1000)).value()->public_key(), key.public_key());
    EXPECT_EQ(store.import_key("record", key, at(1000)).error().code, store_error::key_known);
}

TEST_F(KeyStoreTest, JwksTellsPurposesApart) {
    auto store = made();
    store.create_key("record", Algorithm::es256, at(1000)).value();
    store.create_key("log", Algorithm::ed25519, at(1000)).value();
    EXPECT_EQ(store.jwks().keys().size(), 2U);
    EXPECT_EQ(store.jwks({"record"}).keys().size(), 1U);
    EXPECT_EQ(store.jwks({"none"}).keys().size(), 0U);
}

TEST_F(KeyStoreTest, SymmetricKeysStayAndRotate) {
    auto store = made();
    auto const sealed = store.master_keys().seal(as_bytes("张三"), as_bytes("row"));
    auto const term = store.blind_index().term("name", "张三");
    EXPECT_EQ(store.blind_index(16).term("name", "张三").term.size(), 16U);
    auto const master = store.rotate_master_key(at(2000)).value();
    auto const blind = store.rotate_blind_index_key(at(2000)).value();

    auto const again = opened().value();
    EXPECT_EQ(again.master_keys().current_id(), master);
    EXPECT_NE(sealed.master_key_id, master);
    EXPECT_EQ(as_text(again.master_keys()
                          .open(sealed.ciphertext, sealed.wrapped_key, sealed.master_key_id, as_bytes("row"))
                          .value()),
              "张三");
    EXPECT_EQ(again.blind_index().current_id(), blind);
    EXPECT_EQ(again.blind_index().terms("name", "张三").at(1).term, term.term);
}

TEST_F(KeyStoreTest, ADestroyedSealingKeyIsInNoFile) {
    auto store = made();
    auto const sealed = store.master_keys().seal(as_bytes("张三"), as_bytes("row"));
    auto const old = store.sealing_keys().at(0).id;
    EXPECT_EQ(store.destroy_master_key(old).error().code, store_error::key_in_use);
    EXPECT_EQ(store.destroy_master_key("another").error().code, store_error::no_such_key);
    store.rotate_master_key(at(2000)).value();
    std::string const before = test::read_file(dir_ / sealing_keys_name);
    auto const begin = before.find("\"wrapped\":\"") + 11;
    std::string const wrapped = before.substr(begin, before.find('"', begin) - begin);
    ASSERT_EQ(wrapped.size(), 54U);
    EXPECT_EQ(test::read_file(dir_ / "manifest.json").find(wrapped), std::string::npos);

    auto again = opened().value();
    ASSERT_TRUE(again.destroy_master_key(old));
    for (auto const& file : fs::directory_iterator(dir_))
        EXPECT_EQ(test::read_file(file.path()).find(wrapped), std::string::npos) << file.path();
    EXPECT_EQ(again.sealing_keys().size(), 1U);
    EXPECT_EQ(again.master_keys()
                  .open(sealed.ciphertext, sealed.wrapped_key, sealed.master_key_id, as_bytes("row"))
                  .error()
                  .code,
              seal_error::unknown_master_key);
    // The other process notices, and what it handed out follows.
    auto const handed_out = store.master_keys();
    ASSERT_TRUE(store.reload());
    EXPECT_EQ(handed_out.ids(), again.master_keys().ids());
}

TEST_F(KeyStoreTest, ANewSealingKeyIsKnownBeforeItSeals) {
    auto store = made();
    auto const keys = store.master_keys();
    auto const old = keys.current_id();
    auto const fresh = opened().value().rotate_master_key(at(2000)).value();
    ASSERT_TRUE(store.reload());
    EXPECT_EQ(keys.current_id(), old);
    EXPECT_EQ(keys.ids(), (std::vector{fresh, old}));
    auto const by_the_other = opened().value().master_keys().seal(as_bytes("张三"), {});
    EXPECT_EQ(by_the_other.master_key_id, fresh);
    EXPECT_TRUE(keys.open(by_the_other.ciphertext, by_the_other.wrapped_key, fresh, {}));
}

TEST_F(KeyStoreTest, TheSealingKeysOfAnEarlierVersionMoveOutOfTheManifest) {
    // Such a store has them in its manifest, as written by the version before.
    std::string_view const salt = "AAAAAAAAAAAAAAAAAAAAAA";
    StoreKeys const derived(as_bytes(passphrase), from_base64url(salt).value(), quick);
    Manifest old{quick, from_base64url(salt).value(), {}, {}, {}};
    old.secrets.push_back(
        {"0123456789abcdef", "sealing", at(1000), wrap_key(Bytes(32, 7), derived.wrapping())});
    old.secrets.push_back(
        {"fedcba9876543210", "blind-index", at(1000), wrap_key(Bytes(32, 8), derived.wrapping())});
    fs::create_directories(dir_);
    fs::permissions(dir_, fs::perms::owner_all);
    ASSERT_TRUE(write_private_file(dir_ / "manifest.json", write_manifest(old, derived)));

    auto store = opened().value();
    auto const sealed = store.master_keys().seal(as_bytes("张三"), {});
    EXPECT_EQ(sealed.master_key_id, "0123456789abcdef");
    store.create_key("record", Algorithm::es256, at(1000)).value();
    EXPECT_EQ(test::read_file(dir_ / "manifest.json").find("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(
        opened().value().master_keys().open(sealed.ciphertext, sealed.wrapped_key, "0123456789abcdef", {}));

    fs::remove(dir_ / sealing_keys_name);
    EXPECT_EQ(opened().error().code, store_error::damaged);
}

TEST_F(KeyStoreTest, TwoStoresOfOneDirectoryDoNotLoseChanges) {
    auto one = made();
    auto two = opened().value();
    one.create_key("record", Algorithm::es256, at(1000)).value();
    two.create_key("log", Algorithm::es256, at(1000)).value();
    EXPECT_EQ(two.keys().size(), 2U) << "a change starts from what is on disk";
    EXPECT_EQ(one.keys().size(), 1U);
    ASSERT_TRUE(one.reload());
    EXPECT_EQ(one.keys().size(), 2U);
    EXPECT_EQ(two.create_key("record", Algorithm::es256, at(1000)).error().code, store_error::purpose_taken);
}

TEST_F(KeyStoreTest, ThreadsMayChangeAndSign) {
    auto store = made();
    store.create_key("record", Algorithm::es256, at(1000)).value();
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t != 4; ++t)
        threads.emplace_back([&, t] {
            if (!store.create_key("p" + std::to_string(t), Algorithm::ed25519, at(1000))) ++failures;
            for (int i = 0; i != 20; ++i)
                if (!store.signer("record", at(1000))) ++failures;
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(opened()->keys().size(), 5U);
}

TEST_F(KeyStoreTest, ACrashWhileWritingLeavesTheOldManifest) {
    auto store = made();
    store.create_key("record", Algorithm::es256, at(1000)).value();
    // What a crash between writing and renaming leaves behind.
    test::write_file(dir_ / "manifest.json.new", "{\"format\":");
    EXPECT_EQ(opened()->keys().size(), 1U);
    EXPECT_TRUE(store.create_key("log", Algorithm::es256, at(1000)));
    EXPECT_EQ(opened()->keys().size(), 2U);
    EXPECT_FALSE(fs::exists(dir_ / "manifest.json.new"));
}

TEST_F(KeyStoreTest, AFailedWriteChangesNothing) {
    auto store = made();
    store.create_key("record", Algorithm::es256, at(1000)).value();
    fs::create_directory(dir_ / "manifest.json.new");  // so that the new manifest cannot be created
    EXPECT_EQ(store.create_key("log", Algorithm::es256, at(1000)).error().code, store_error::io);
    EXPECT_EQ(store.keys().size(), 1U);
    EXPECT_EQ(store.signer("log", at(1000)).error().code, store_error::unknown_purpose);
    EXPECT_EQ(opened()->keys().size(), 1U);
}

}  // namespace
}  // namespace sponsio::crypto

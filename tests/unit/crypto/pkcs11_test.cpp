#include "crypto/keys/pkcs11_signer.hpp"
#include "crypto/keys/store.hpp"
#include "crypto/tokens/jws.hpp"
#include "tests/support/soft_token.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <thread>

/// Keys in a token of SoftHSM 2.
namespace sponsio::crypto {
namespace {

using sponsio::testing::SoftToken;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

class Pkcs11 : public ::testing::Test {
  protected:
    void SetUp() override {
        ::unsetenv("SPONSIO_PKCS11_PIN");
        ::unsetenv("SPONSIO_PKCS11_PIN_FILE");
        token_.make_key("record", "01", "EC:prime256v1");
        token_.make_key("log", "02", "EC:edwards25519");
    }

    void TearDown() override {
        ::unsetenv("SPONSIO_PKCS11_PIN");
        ::unsetenv("SPONSIO_PKCS11_PIN_FILE");
    }

    /// The code with which opening is refused; the sentence goes to `said`.
    std::string_view refusal(std::string const& uri) {
        auto const signer = Pkcs11Signer::open(uri);
        EXPECT_FALSE(signer) << uri;
        if (signer) return "good";
        said = signer.error().message;
        return signer.error().code;
    }

    /// A URI without pin-source.
    [[nodiscard]] std::string plain_uri(std::string const& label) const {
        std::string const uri = token_.uri(label);
        return uri.substr(0, uri.find("&pin-source"));
    }

    /// The exit code of a shell command in the directory of the test.
    [[nodiscard]] int run(std::string const& command) const {
        return std::system(("cd '" + dir_.path().string() + "' && " + command + " >/dev/null 2>&1").c_str());
    }

    /// What unplugging does to the sessions of this process.
    static void lose_sessions() {
        void* const library = ::dlopen(SoftToken::module, RTLD_NOW | RTLD_LOCAL);
        ASSERT_NE(library, nullptr);
        auto const get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
        CK_FUNCTION_LIST* functions = nullptr;
        ASSERT_EQ(get(&functions), CKR_OK);
        std::array<CK_SLOT_ID, 8> slots{};
        CK_ULONG count = slots.size();
        ASSERT_EQ(functions->C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
        for (CK_ULONG i = 0; i != count; ++i) EXPECT_EQ(functions->C_CloseAllSessions(slots[i]), CKR_OK);
        ::dlclose(library);
    }

    test::TempDir dir_;
    SoftToken token_{dir_ / "token"};
    std::string said;
};

TEST_F(Pkcs11, SignsWithBothAlgorithms) {
    for (auto const& [label, algorithm] :
         {std::pair{"record", Algorithm::es256}, std::pair{"log", Algorithm::ed25519}}) {
        auto const signer = Pkcs11Signer::open(token_.uri(label));
        ASSERT_TRUE(signer) << signer.error().message;
        EXPECT_EQ((*signer)->algorithm(), algorithm);
        EXPECT_EQ((*signer)->kid(), (*signer)->public_key().thumbprint());
        for (std::string const& message :
             {std::string(), std::string("承诺书正文"), std::string(100'000, 'x')}) {
            Bytes const signature = (*signer)->sign(as_bytes(message));
            EXPECT_EQ(signature.size(), 64U);
            EXPECT_TRUE((*signer)->public_key().verify(as_bytes(message), signature));
        }
    }
}

TEST_F(Pkcs11, OthersVerifyWhatTheTokenSigned) {
    auto const record = Pkcs11Signer::open(token_.uri("record")).value();
    Jwks const set({{record->kid(), record->public_key()}});
    test::write_file(dir_ / "jwks.json", json::write(set.to_json()));
    test::write_file(dir_ / "token.jws", jws_sign("t", R"({"a":1})", *record));
    EXPECT_EQ(run("jose jws ver -i token.jws -k jwks.json -O payload"), 0);
    EXPECT_EQ(test::read_file(dir_ / "payload"), R"({"a":1})");

    std::string const signature = to_hex(record->sign(as_bytes("checkpoint")));
    test::write_file(dir_ / "der.conf", "asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x" + signature.substr(0, 64) +
                                            "\ns=INTEGER:0x" + signature.substr(64) + "\n");
    test::write_file(dir_ / "key.pem", record->public_key().to_pem());
    test::write_file(dir_ / "message", "checkpoint");
    EXPECT_EQ(run("openssl asn1parse -genconf der.conf -noout -out signature.der"), 0);
    EXPECT_EQ(run("openssl dgst -sha256 -verify key.pem -signature signature.der message"), 0);

    auto const log = Pkcs11Signer::open(token_.uri("log")).value();
    test::write_file(dir_ / "key.pem", log->public_key().to_pem());
    test::write_file(dir_ / "signature", as_text(log->sign(as_bytes("checkpoint"))));
    std::string const verify = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -sigfile signature -in ";
    EXPECT_EQ(run(verify + "message"), 0);
    test::write_file(dir_ / "message", "Checkpoint");
    EXPECT_NE(run(verify + "message"), 0);
}

TEST_F(Pkcs11, PinComesFromAFileOrTheEnvironment) {
    EXPECT_EQ(refusal(plain_uri("record")), pkcs11_error::no_pin);
    EXPECT_THAT(said, HasSubstr("SPONSIO_PKCS11_PIN_FILE"));
    ::setenv("SPONSIO_PKCS11_PIN", SoftToken::pin, 1);
    EXPECT_TRUE(Pkcs11Signer::open(plain_uri("record")));
    ::setenv("SPONSIO_PKCS11_PIN", "wrong", 1);
    EXPECT_EQ(refusal(plain_uri("record")), pkcs11_error::wrong_pin);
    ::setenv("SPONSIO_PKCS11_PIN_FILE", token_.pin_file().c_str(), 1);
    EXPECT_TRUE(Pkcs11Signer::open(plain_uri("record"))) << "the file goes first";
    ::setenv("SPONSIO_PKCS11_PIN_FILE", (dir_ / "nothing").c_str(), 1);
    EXPECT_EQ(refusal(plain_uri("record")), pkcs11_error::no_pin);
    EXPECT_TRUE(Pkcs11Signer::open(token_.uri("record"))) << "the URI goes before the environment";
}

TEST_F(Pkcs11, WrongPinsAreTold) {
    token_.write_pin("wrong");
    EXPECT_EQ(refusal(token_.uri("record")), pkcs11_error::wrong_pin);
    EXPECT_THAT(said, HasSubstr("PIN"));
    token_.write_pin("");
    EXPECT_EQ(refusal(token_.uri("record")), pkcs11_error::no_pin);
    token_.write_pin(SoftToken::pin);
    EXPECT_TRUE(Pkcs11Signer::open(token_.uri("record")));
    fs::permissions(token_.pin_file(), fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(refusal(token_.uri("record")), pkcs11_error::no_pin);
    EXPECT_THAT(said, HasSubstr("mode must be 600"));
    EXPECT_EQ(refusal(plain_uri("record") + "&pin-source=%7Ccat%20pin"), pkcs11_error::no_pin)
        << "commands are not run";
}

TEST_F(Pkcs11, WhatIsNotThereIsTold) {
    EXPECT_EQ(refusal(token_.uri("nothing")), pkcs11_error::no_key);
    EXPECT_EQ(said, "The token has no such private key.");
    std::string uri = token_.uri("record");
    uri.replace(uri.find("token=sponsio"), 13, "token=another");
    EXPECT_EQ(refusal(uri), pkcs11_error::no_token);
    uri = token_.uri("record");
    uri.replace(uri.find(SoftToken::module), std::string_view(SoftToken::module).size(), "/nothing.so");
    EXPECT_EQ(refusal(uri), pkcs11_error::no_module);
}

TEST_F(Pkcs11, UrisAreReadStrictly) {
    EXPECT_EQ(refusal(""), pkcs11_error::bad_uri);
    EXPECT_EQ(refusal("https://example.cn"), pkcs11_error::bad_uri);
    EXPECT_EQ(refusal("pkcs11:token=sponsio;object=record"), pkcs11_error::bad_uri);
    EXPECT_THAT(said, HasSubstr("module-path"));
    EXPECT_EQ(refusal(plain_uri("record") + "&pin-value=5678"), pkcs11_error::bad_uri);
    EXPECT_THAT(said, HasSubstr("pin-source"));
    EXPECT_EQ(refusal("pkcs11:unknown=1;object=record?module-path=/x"), pkcs11_error::bad_uri);
    std::string by_id = token_.uri("record");
    by_id.replace(by_id.find("object=record"), 13, "id=%01;type=public");
    auto const signer = Pkcs11Signer::open(by_id);
    ASSERT_TRUE(signer) << signer.error().message;
    EXPECT_EQ((*signer)->algorithm(), Algorithm::es256)
        << "the private key beside the public one that is named";
}

TEST_F(Pkcs11, OneKeyOfAKnownKindMustFit) {
    token_.make_key("record", "03", "EC:prime256v1");
    EXPECT_EQ(refusal(token_.uri("record")), pkcs11_error::no_key);
    EXPECT_EQ(said, "The token has several such private keys.");
    token_.make_key("large", "04", "EC:secp384r1");
    EXPECT_EQ(refusal(token_.uri("large")), key_error::unsupported);
    token_.make_key("rsa", "05", "rsa:2048");
    EXPECT_EQ(refusal(token_.uri("rsa")), key_error::unsupported);
}

TEST_F(Pkcs11, PublicKeyNeedNotBeInTheToken) {
    auto const key = Pkcs11Signer::open(token_.uri("record")).value()->public_key();
    token_.tool("--delete-object --type pubkey --id 01");
    EXPECT_EQ(refusal(token_.uri("record")), pkcs11_error::no_key);
    EXPECT_EQ(said, "The token has no such public key.");
    auto const signer = Pkcs11Signer::open(token_.uri("record"), key);
    ASSERT_TRUE(signer) << signer.error().message;
    EXPECT_TRUE(key.verify(as_bytes("m"), (*signer)->sign(as_bytes("m"))));
    for (auto const algorithm : {Algorithm::es256, Algorithm::ed25519, Algorithm::sm2}) {
        auto const other = PrivateKey::generate(algorithm).public_key();
        auto const refused = Pkcs11Signer::open(token_.uri("record"), other);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, algorithm == Algorithm::es256     ? key_error::self_check
                                        : algorithm == Algorithm::ed25519 ? pkcs11_error::failed
                                                                          : key_error::unsupported);
    }
}

TEST_F(Pkcs11, SignsFromManyThreads) {
    auto const record = Pkcs11Signer::open(token_.uri("record")).value();
    auto const log = Pkcs11Signer::open(token_.uri("log")).value();
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t != 8; ++t)
        threads.emplace_back([&, t] {
            Signer const& signer = t % 2 ? static_cast<Signer const&>(*record) : *log;
            for (int i = 0; i != 50; ++i) {
                std::string const message = std::to_string(t) + "/" + std::to_string(i);
                good += signer.public_key().verify(as_bytes(message), signer.sign(as_bytes(message)));
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 400);
}

TEST_F(Pkcs11, LostSessionIsOpenedAnew) {
    auto const signer = Pkcs11Signer::open(token_.uri("record")).value();
    lose_sessions();
    EXPECT_TRUE(signer->public_key().verify(as_bytes("m"), signer->sign(as_bytes("m"))));
    // No way back while there is no PIN; and back as soon as there is one.
    fs::rename(token_.pin_file(), dir_ / "away");
    lose_sessions();
    EXPECT_THROW((void)signer->sign(as_bytes("m")), Failure);
    EXPECT_THROW((void)signer->sign(as_bytes("m")), Failure);
    fs::rename(dir_ / "away", token_.pin_file());
    EXPECT_TRUE(signer->public_key().verify(as_bytes("m"), signer->sign(as_bytes("m"))));
    // A PIN that was refused is not tried again: tokens lock themselves.
    token_.write_pin("wrong");
    lose_sessions();
    EXPECT_THROW((void)signer->sign(as_bytes("m")), Failure);
    token_.write_pin(SoftToken::pin);
    EXPECT_THROW((void)signer->sign(as_bytes("m")), Failure);
}

TEST_F(Pkcs11, AnotherKeyOfTheSameNameDoesNotSign) {
    auto const signer = Pkcs11Signer::open(token_.uri("record")).value();
    token_.tool("--delete-object --type privkey --id 01");
    token_.make_key("record", "06", "EC:prime256v1");
    lose_sessions();
    EXPECT_THROW((void)signer->sign(as_bytes("m")), Failure);
}

class TokenInStore : public Pkcs11 {
  protected:
    Result<KeyStore> opened() const { return KeyStore::open(dir_ / "keys", "口令"); }

    KeyStore store_ = KeyStore::create(dir_ / "keys", "口令", at(1000), {.n = 2, .p = 1}).value();
};

TEST_F(TokenInStore, SignsForItsPurpose) {
    auto const kid = store_.attach_key("record", token_.uri("record"), at(1000));
    ASSERT_TRUE(kid) << kid.error().message;
    auto const again = opened().value();
    auto const entry = again.find(*kid);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->pkcs11_uri, token_.uri("record"));
    EXPECT_EQ(entry->not_before, at(1000));
    auto const signer = again.signer("record", at(1000));
    ASSERT_TRUE(signer) << signer.error().message;
    EXPECT_EQ((*signer)->kid(), *kid);
    EXPECT_TRUE(again.jwks().find(*kid)->key.verify(as_bytes("m"), (*signer)->sign(as_bytes("m"))));
    EXPECT_FALSE(fs::exists(dir_ / "keys" / (*kid + ".pem")));
    EXPECT_EQ(test::read_file(dir_ / "keys" / "manifest.json").find(SoftToken::pin), std::string::npos);
    EXPECT_EQ(again.signer("record", at(2000)).value(), *signer) << "opened once";
}

TEST_F(TokenInStore, FollowsAndIsFollowedWithOverlap) {
    auto const first = store_.create_key("record", Algorithm::es256, at(1000)).value();
    auto const second =
        store_.attach_key("record", token_.uri("record"), at(2000), std::chrono::seconds(100)).value();
    EXPECT_EQ(store_.signer("record", at(2099)).value()->kid(), first);
    EXPECT_EQ(store_.signer("record", at(2100)).value()->kid(), second);
    EXPECT_EQ(store_.rotate("record", at(3000)).error().code, store_error::in_token);

    token_.make_key("record-2027", "07", "EC:prime256v1");
    EXPECT_EQ(store_.attach_key("record", token_.uri("record-2027"), at(2050)).error().code,
              store_error::rotation_pending);
    auto const third =
        store_.attach_key("record", token_.uri("record-2027"), at(3000), std::chrono::seconds(50)).value();
    EXPECT_EQ(store_.signer("record", at(3049)).value()->kid(), second);
    EXPECT_EQ(store_.signer("record", at(3050)).value()->kid(), third);
    EXPECT_EQ(store_.jwks({"record"}).keys().size(), 3U) << "old keys stay listed";
}

TEST_F(TokenInStore, IsTakenOnceAndOfTheSameAlgorithm) {
    auto const kid = store_.attach_key("record", token_.uri("record"), at(1000)).value();
    EXPECT_EQ(store_.attach_key("record", token_.uri("log"), at(1000)).error().code,
              store_error::other_algorithm);
    EXPECT_EQ(store_.attach_key("record", token_.uri("record"), at(1000)).error().code,
              store_error::key_known);
    EXPECT_EQ(store_.attach_key("Record", token_.uri("log"), at(1000)).error().code,
              store_error::bad_purpose);
    EXPECT_EQ(store_.attach_key("other", token_.uri("nothing"), at(1000)).error().code, pkcs11_error::no_key);
    EXPECT_EQ(opened()->keys().size(), 1U);
    EXPECT_EQ(opened()->signer("record", at(5000)).value()->kid(), kid) << "what was refused retired nothing";
}

TEST_F(TokenInStore, RefusalsAreThoseOfTheToken) {
    auto const kid = store_.attach_key("record", token_.uri("record"), at(1000)).value();
    token_.write_pin("wrong");
    auto const store = opened().value();
    auto const refused = store.signer("record", at(1000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, pkcs11_error::wrong_pin);
    EXPECT_EQ(refused.error().where, kid);
    token_.write_pin(SoftToken::pin);
    EXPECT_EQ(store.signer("record", at(1000)).error().code, pkcs11_error::wrong_pin)
        << "not tried again: tokens lock themselves";
    EXPECT_TRUE(opened()->signer("record", at(1000)));

    fs::rename(dir_ / "token" / "tokens", dir_ / "away");
    fs::create_directory(dir_ / "token" / "tokens");
    auto const absent = opened().value();
    EXPECT_EQ(absent.signer("record", at(1000)).error().code, pkcs11_error::no_token);
    fs::remove(dir_ / "token" / "tokens");
    fs::rename(dir_ / "away", dir_ / "token" / "tokens");
    EXPECT_TRUE(absent.signer("record", at(1000))) << "found as soon as it is there";
}

}  // namespace
}  // namespace sponsio::crypto

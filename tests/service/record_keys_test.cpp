#include "crypto/keys/store.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/records/issue_draft.hpp"
#include "tests/service/record_world.hpp"
#include "tests/support/record_facts.hpp"
#include "tests/support/soft_token.hpp"

#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace sponsio::testing {
namespace {

using service::KeyPlace;
using service::KeyService;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class RecordKeys : public ::testing::Test {
  protected:
    void SetUp() override {
        ::unsetenv("SPONSIO_PASSPHRASE_FILE");
        ::unsetenv("SPONSIO_PASSPHRASE");
    }

    void TearDown() override { SetUp(); }

    [[nodiscard]] KeyPlace place() const { return KeyPlace::below(directory.path()); }

    std::unique_ptr<KeyService> open() { return KeyService::open(place(), clock).value(); }

    static mode_t mode_of(fs::path const& path) {
        struct stat found {};

        return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777u : 0u;
    }

    fs::path write(std::string const& name, std::string const& text) {
        fs::path const path = directory.path() / name;
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    /// A record signed by what the service hands out, as the issuing service does it.
    std::string issue(KeyService const& keys, Instant at) {
        auto const signer = keys.signer(service::purpose::record, at).value();
        auto const document =
            service::DraftDocument::derive(record_facts(), signer->kid(), signer->algorithm(), Bytes(32, 1));
        std::string const bytes = document.canonical();
        auto token =
            service::lint_draft({bytes, crypto::sha256(as_bytes(bytes)), signer->kid()}, record_facts());
        return service::sign_draft(std::get<service::LintedDraft>(std::move(token)), *signer,
                                   keys.record_keys().resolver())
            ->sd_jwt;
    }

    /// By a key set as it is published, text and all.
    static bool verifies(std::string const& token, std::string const& jwks) {
        return static_cast<bool>(crypto::sd_jwt_verify(token, crypto::Jwks::parse(jwks).value().resolver(),
                                                       crypto::SdJwtPolicy{}));
    }

    /// What a command prints; its exit code is checked.
    static std::string run(std::string const& command) {
        std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
        std::string text;
        char buffer[4096];
        while (std::size_t const n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
        EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << text;
        return text;
    }

    TempDir directory;
    ManualClock clock{china("2026-10-16T00:00:01")};
};

TEST_F(RecordKeys, AreMadeOnFirstUseAndFoundAgain) {
    auto const first = open();
    EXPECT_TRUE(first->fresh());
    EXPECT_EQ(mode_of(directory.path() / "keys"), 0700u);
    EXPECT_EQ(mode_of(directory.path() / "keys" / "passphrase"), 0600u);
    auto const sealed = first->vault().seal(std::string_view("欧阳示例"), "here");
    auto const second = open();
    EXPECT_FALSE(second->fresh());
    EXPECT_EQ(second->vault().open(sealed, "here").value(), "欧阳示例");
    EXPECT_EQ(first->jwks(), second->jwks());
    auto const at = clock.now();
    EXPECT_EQ(first->submission_pem({}, at), second->submission_pem({}, at));
    EXPECT_EQ(second->signer("record", at).value()->algorithm(), crypto::Algorithm::es256);
    EXPECT_EQ(second->signer("submission", at).value()->algorithm(), crypto::Algorithm::sm2);
    EXPECT_EQ(said(second->signer("nonsense", at)), "internal");
}

TEST_F(RecordKeys, TakeTheirPassphraseFromAFile) {
    fs::path const file = write("secret", "correct horse battery staple\n");
    ::setenv("SPONSIO_PASSPHRASE_FILE", file.c_str(), 1);
    auto const jwks = open()->jwks();
    EXPECT_FALSE(fs::exists(directory.path() / "keys" / "passphrase"));
    KeyPlace explicit_place{.directory = directory.path() / "keys",
                            .passphrase_file = write("other", "correct horse battery staple")};
    EXPECT_EQ(KeyService::open(explicit_place, clock).value()->jwks(), jwks);
    write("secret", "wrong\n");
    auto const refused = KeyService::open(place(), clock);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cause, "wrong_passphrase");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("SPONSIO_PASSPHRASE_FILE"));
    EXPECT_THAT(refused.error().detail.zh, HasSubstr("口令"));
    write("secret", "");
    EXPECT_THAT(KeyService::open(place(), clock).error().detail.en, HasSubstr("is empty"));
    fs::remove(file);
    EXPECT_THAT(KeyService::open(place(), clock).error().detail.en, HasSubstr("cannot be read"));
}

TEST_F(RecordKeys, TakeTheirPassphraseFromTheEnvironment) {
    ::setenv("SPONSIO_PASSPHRASE", "correct horse battery staple", 1);
    auto const jwks = open()->jwks();
    EXPECT_FALSE(fs::exists(directory.path() / "keys" / "passphrase"));
    ::setenv("SPONSIO_PASSPHRASE", "wrong", 1);
    auto const refused = KeyService::open(place(), clock);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cause, "wrong_passphrase");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("SPONSIO_PASSPHRASE."));
    fs::path const file = write("secret", "correct horse battery staple\n");
    ::setenv("SPONSIO_PASSPHRASE_FILE", file.c_str(), 1);
    EXPECT_EQ(open()->jwks(), jwks) << "a file goes first";
    // Nothing is set: nobody guesses, and no other passphrase is made over keys that are there.
    SetUp();
    EXPECT_THAT(KeyService::open(place(), clock).error().detail.en, HasSubstr("cannot be read"));
    EXPECT_FALSE(fs::exists(directory.path() / "keys" / "passphrase"));
}

TEST_F(RecordKeys, AreNotMadeWhereTheyAreOnlyLookedFor) {
    auto const none = KeyService::open_existing(place(), clock);
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().detail.en, HasSubstr("sponsio key create"));
    EXPECT_FALSE(fs::exists(directory.path() / "keys"));
}

/// Two servers that start on one new directory at the same time end up with the same keys.
TEST_F(RecordKeys, AreMadeOnceByProcessesThatStartTogether) {
    std::vector<std::string> seen(4);
    std::vector<std::thread> threads;
    for (auto& jwks : seen) threads.emplace_back([&] { jwks = open()->jwks(); });
    for (auto& thread : threads) thread.join();
    for (auto const& jwks : seen) EXPECT_EQ(jwks, seen[0]);
}

/// A process that died between the passphrase and the keys, or between two keys.
TEST_F(RecordKeys, SetUpGoesOnWhereItStopped) {
    fs::create_directories(directory.path() / "keys");
    fs::permissions(directory.path() / "keys", fs::perms::owner_all);
    auto const file = write("secret", "a passphrase");
    KeyPlace const half{.directory = directory.path() / "keys", .passphrase_file = file};
    {
        auto store = crypto::KeyStore::create(half.directory, "a passphrase",
                                              std::chrono::floor<std::chrono::seconds>(clock.now()));
        ASSERT_TRUE(store);
    }
    auto const keys = KeyService::open(half, clock).value();
    EXPECT_FALSE(keys->fresh());
    EXPECT_TRUE(keys->signer("record", clock.now()));
    EXPECT_TRUE(keys->signer("submission", clock.now()));
    EXPECT_TRUE(keys->signer("log", clock.now()));
}

TEST_F(RecordKeys, OfAnEarlierVersionGetTheLogKeyTheyLack) {
    fs::create_directories(directory.path() / "keys");
    fs::permissions(directory.path() / "keys", fs::perms::owner_all);
    KeyPlace const old{.directory = directory.path() / "keys",
                       .passphrase_file = write("secret", "a passphrase")};
    std::string record;
    {
        auto const now = std::chrono::floor<std::chrono::seconds>(clock.now());
        auto store = crypto::KeyStore::create(old.directory, "a passphrase", now).value();
        record = store.create_key("record", crypto::Algorithm::es256, now).value();
        store.create_key("submission", crypto::Algorithm::sm2, now).value();
    }
    {
        // Beside a database that holds something: no new key store, but the keys that are missing.
        auto const server = KeyService::open_existing(old, clock).value();
        EXPECT_FALSE(server->signer(service::purpose::draw, clock.now()));
        EXPECT_TRUE(server->make_missing(clock.now()));
        auto const draw = server->signer(service::purpose::draw, clock.now()).value();
        EXPECT_EQ(draw->algorithm(), crypto::Algorithm::es256);
        EXPECT_THAT(server->jwks(), HasSubstr(draw->kid()));
        auto const complete = server->keys().size();
        EXPECT_TRUE(server->make_missing(clock.now()));
        EXPECT_EQ(server->keys().size(), complete);
    }
    auto const keys = KeyService::open(old, clock).value();
    EXPECT_EQ(keys->signer("record", clock.now()).value()->kid(), record);
    auto const log = keys->signer(service::purpose::log, clock.now()).value();
    EXPECT_EQ(log->algorithm(), crypto::Algorithm::ed25519);
    EXPECT_EQ(keys->jwks().find(log->kid()), std::string::npos) << "no key for records";
    std::string const next = keys->rotate(service::purpose::log, clock.now(), 1h).value();
    EXPECT_EQ(keys->signer("log", clock.now() + 59min).value()->kid(), log->kid());
    EXPECT_EQ(keys->signer("log", clock.now() + 1h).value()->kid(), next);
}

TEST_F(RecordKeys, RotateWithAnOverlapAndVerifyForEver) {
    auto const keys = open();
    auto const at_first = keys->keys().size();
    std::string const old_set = keys->jwks();
    std::string const before = issue(*keys, clock.now());
    std::string const next = keys->rotate("record", clock.now(), 24h).value();
    std::string const new_set = keys->jwks();
    // Published at once, signing a day later: a reader whose copy is an hour old misses nothing.
    EXPECT_THAT(new_set, HasSubstr(next));
    std::string const meanwhile = issue(*keys, clock.now() + 23h);
    EXPECT_TRUE(verifies(meanwhile, old_set));
    std::string const after = issue(*keys, clock.now() + 24h);
    EXPECT_FALSE(verifies(after, old_set));
    for (std::string const& token : {before, meanwhile, after}) EXPECT_TRUE(verifies(token, new_set));
    EXPECT_EQ(keys->keys().size(), at_first + 1);
}

TEST_F(RecordKeys, NoticeWhatAnotherProcessChanged) {
    auto const server = open();
    std::string const kid =
        KeyService::open_existing(place(), clock).value()->rotate("record", clock.now(), 0h).value();
    for (int i = 0; i != 100 && server->jwks().find(kid) == std::string::npos; ++i)
        std::this_thread::sleep_for(50ms);
    EXPECT_THAT(server->jwks(), HasSubstr(kid));
    EXPECT_EQ(server->signer("record", clock.now()).value()->kid(), kid);
}

TEST_F(RecordKeys, KeepEverySubmissionKeyReadable) {
    auto const keys = open();
    std::string const first = keys->signer("submission", clock.now()).value()->kid();
    auto const pem = keys->submission_pem({}, clock.now());
    std::string const second = keys->rotate("submission", clock.now(), 0h).value();
    EXPECT_EQ(keys->submission_pem(first, clock.now()), pem);
    EXPECT_EQ(keys->submission_pem({}, clock.now()), keys->submission_pem(second, clock.now()));
    EXPECT_NE(keys->submission_pem({}, clock.now()), pem);
    EXPECT_FALSE(keys->submission_pem("unknown", clock.now()));
    std::string const record = keys->signer("record", clock.now()).value()->kid();
    EXPECT_FALSE(keys->submission_pem(record, clock.now()));
    EXPECT_EQ(keys->jwks().find(second), std::string::npos);
}

TEST_F(RecordKeys, MayStayInAToken) {
    SoftToken const token(directory.path() / "token");
    token.make_key("record", "01", "EC:prime256v1");
    token.make_key("log", "02", "EC:edwards25519");
    auto keys = open();
    std::string const before = issue(*keys, clock.now());
    std::string const kid = keys->attach("record", token.uri("record"), clock.now(), 24h).value();
    std::string const after = issue(*keys, clock.now() + 24h);
    EXPECT_EQ(keys->signer("record", clock.now() + 24h).value()->kid(), kid);
    for (std::string const& record : {before, after}) EXPECT_TRUE(verifies(record, keys->jwks()));
    EXPECT_FALSE(fs::exists(directory.path() / "keys" / (kid + ".pem")));
    std::string const log = keys->attach("log", token.uri("log"), clock.now(), 0h).value();
    EXPECT_EQ(open()->signer("log", clock.now()).value()->kid(), log) << "after a restart too";

    auto const rotated = keys->rotate("log", clock.now(), 0h);
    ASSERT_FALSE(rotated);
    EXPECT_EQ(rotated.error().cause, "key_in_token");
    EXPECT_THAT(rotated.error().detail.zh, HasSubstr("sponsio key attach"));
    auto const absent = keys->attach("log", token.uri("nothing"), clock.now(), 0h);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().cause, "no_such_token_key");
    EXPECT_EQ(absent.error().detail.en, "The token has no such private key.");
    keys.reset();  // its login would be good for all of this process
    token.write_pin("wrong");
    auto const refused = open()->signer("log", clock.now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cause, "wrong_token_pin");
    EXPECT_EQ(refused.error().detail.zh, "令牌拒绝了该 PIN。");
}

/// Software that is not ours: Debian's `jose` checks the signature, OpenSSL reads the SM2 key.
TEST_F(RecordKeys, AreUnderstoodByOthers) {
    auto const keys = open();
    std::string const token = issue(*keys, clock.now());
    auto const jwks = write("jwks.json", keys->jwks());
    auto const jws = write("record.jws", token.substr(0, token.find('~')));
    std::string const payload = run("jose jws ver -i " + jws.string() + " -k " + jwks.string() + " -O -");
    EXPECT_THAT(payload, HasSubstr("\"commitment_code\":\"11010520260302000001\""));
    auto const forged =
        write("forged.jws", token.substr(0, token.find('.')) + "." + to_base64url(as_bytes("{}")) +
                                token.substr(token.rfind('.', token.find('~')),
                                             token.find('~') - token.rfind('.', token.find('~'))));
    EXPECT_NE(
        std::system(("jose jws ver -i " + forged.string() + " -k " + jwks.string() + " -O - >/dev/null 2>&1")
                        .c_str()),
        0);
    auto const pem = write("sm2.pem", *keys->submission_pem({}, clock.now()));
    EXPECT_THAT(run("openssl pkey -pubin -in " + pem.string() + " -noout -text"), HasSubstr("SM2"));
}

}  // namespace
}  // namespace sponsio::testing

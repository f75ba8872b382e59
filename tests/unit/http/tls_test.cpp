#include "server/http/tls.hpp"

#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <sstream>

namespace sponsio::http::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Instant const today = SystemClock{}.now();

std::string contents(fs::path const& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Tls, RefusesOldVersions) {
    House const house;
    EXPECT_FALSE(Peer(house.port(), Peer::Kind::tls, TLS1_1_VERSION).connected());
    EXPECT_TRUE(Peer(house.port(), Peer::Kind::tls, TLS1_2_VERSION).connected());
    Peer const newest(house.port());
    EXPECT_EQ(SSL_version(newest.tls()), TLS1_3_VERSION);
}

TEST(Tls, AnswersOverVersion12) {
    House const house;
    Peer peer(house.port(), Peer::Kind::tls, TLS1_2_VERSION);
    EXPECT_EQ(peer.ask(post("/echo", "12")).body, "12");
}

/// A client context that trusts what is in that file.
struct Client {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());

    ~Client() { SSL_CTX_free(context); }
};

/// One connection whose protocol offer and session are the test's.
struct Dialled {
    Dialled(std::uint16_t port, SSL_CTX* context, std::string_view protocols = {},
            SSL_SESSION* session = nullptr) {
        bio = BIO_new_ssl_connect(context);
        BIO_set_conn_hostname(bio, ("127.0.0.1:" + std::to_string(port)).c_str());
        BIO_get_ssl(bio, &ssl);
        if (!protocols.empty())
            SSL_set_alpn_protos(ssl, reinterpret_cast<unsigned char const*>(protocols.data()),
                                static_cast<unsigned>(protocols.size()));
        if (session) SSL_set_session(ssl, session);
        connected = BIO_do_handshake(bio) == 1;
    }

    ~Dialled() { BIO_free_all(bio); }

    [[nodiscard]] std::string protocol() const {
        unsigned char const* text = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl, &text, &size);
        return {reinterpret_cast<char const*>(text), size};
    }

    std::string ask(std::string const& request) {
        char answer[2048];
        BIO_write(bio, request.data(), static_cast<int>(request.size()));
        int const n = BIO_read(bio, answer, sizeof answer);
        return n > 0 ? std::string(answer, static_cast<std::size_t>(n)) : std::string();
    }

    BIO* bio = nullptr;
    SSL* ssl = nullptr;
    bool connected = false;
};

TEST(Tls, ChoosesHttp11) {
    House const house;
    Client const client;
    EXPECT_EQ(Dialled(house.port(), client.context, "\x02h2\x08http/1.1").protocol(), "http/1.1");
    EXPECT_FALSE(Dialled(house.port(), client.context, "\x02h2").connected);
}

TEST(Tls, HasNoKeyThatOutlivesAConnection) {
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        House const house;
        Client const client;
        SSL_CTX_set_max_proto_version(client.context, version);
        SSL_CTX_set_session_cache_mode(client.context, SSL_SESS_CACHE_CLIENT);
        Dialled first(house.port(), client.context);
        ASSERT_NE(first.ask(get("/things/1")).find("200 OK"), std::string::npos);
        SSL_SESSION* const session = SSL_get1_session(first.ssl);
        EXPECT_EQ(SSL_SESSION_has_ticket(session), 0);
        Dialled second(house.port(), client.context, {}, session);
        EXPECT_TRUE(second.connected);
        EXPECT_EQ(SSL_session_reused(second.ssl), 0);
        SSL_SESSION_free(session);
    }
}

/// Of all that this OpenSSL knows, by its group ids in TLS.
TEST(Tls, LetsAPeerChooseAmongThreeGroups) {
    House const house;
    std::vector<std::string> accepted;
    for (char const* group :
         {"X25519", "P-256", "P-384", "P-521", "X448", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144",
          "ffdhe8192", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "secp256k1", "secp224r1"})
        for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            Client const client;
            SSL_CTX_set_min_proto_version(client.context, version);
            SSL_CTX_set_max_proto_version(client.context, version);
            SSL_CTX_set_security_level(client.context, 0);
            ASSERT_EQ(SSL_CTX_set1_groups_list(client.context, group), 1) << group;
            if (Dialled(house.port(), client.context).connected && version == TLS1_3_VERSION)
                accepted.emplace_back(group);
        }
    EXPECT_EQ(accepted, (std::vector<std::string>{"X25519", "P-256", "P-384"}));
    // No cipher of 1.2 brings a group of its own.
    Client const old;
    SSL_CTX_set_max_proto_version(old.context, TLS1_2_VERSION);
    SSL_CTX_set_security_level(old.context, 0);
    SSL_CTX_set_cipher_list(old.context, "DHE:kRSA");
    EXPECT_FALSE(Dialled(house.port(), old.context).connected);
}

TEST(SelfMade, IsTrustedByWhoeverPinsIt) {
    TempDir const folder;
    auto const files =
        self_made_certificate(folder.path() / "tls", {"sponsio.test", "192.0.2.7"}, today).value();
    Server server(quick_options(), House::router(echo_routes(), {}), TlsContext::load(files).value(),
                  nullptr);
    ASSERT_TRUE(server.start());
    for (char const* name : {"localhost", "127.0.0.1", "::1", "sponsio.test", "192.0.2.7"}) {
        Client const client;
        ASSERT_EQ(SSL_CTX_load_verify_file(client.context, files.certificate.c_str()), 1);
        SSL_CTX_set_verify(client.context, SSL_VERIFY_PEER, nullptr);
        X509_VERIFY_PARAM* const expect = SSL_CTX_get0_param(client.context);
        if (X509_VERIFY_PARAM_set1_ip_asc(expect, name) != 1) X509_VERIFY_PARAM_set1_host(expect, name, 0);
        EXPECT_TRUE(Dialled(server.port(), client.context).connected) << name;
    }
    Client const stranger;
    ASSERT_EQ(SSL_CTX_load_verify_file(stranger.context, files.certificate.c_str()), 1);
    SSL_CTX_set_verify(stranger.context, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(stranger.context), "elsewhere.test", 0);
    EXPECT_FALSE(Dialled(server.port(), stranger.context).connected);
}

TEST(SelfMade, IsUsedAgainUntilItIsNearItsEnd) {
    TempDir const folder;
    auto const files = self_made_certificate(folder.path(), {"a.test"}, today).value();
    std::string const first = contents(files.certificate);
    (void)self_made_certificate(folder.path(), {"a.test"}, today + 24h * 366).value();
    EXPECT_EQ(contents(files.certificate), first);
    (void)self_made_certificate(folder.path(), {"a.test"}, today + 24h * 368).value();
    std::string const renewed = contents(files.certificate);
    EXPECT_NE(renewed, first);
    (void)self_made_certificate(folder.path(), {"a.test", "b.test"}, today + 24h * 368).value();
    EXPECT_NE(contents(files.certificate), renewed);
}

TEST(SelfMade, IsMadeAnewIfThePairIsDamaged) {
    TempDir const folder, other;
    auto const files = self_made_certificate(folder.path(), {}, today).value();
    auto const others = self_made_certificate(other.path(), {}, today).value();
    fs::copy_file(others.key, files.key, fs::copy_options::overwrite_existing);
    EXPECT_FALSE(TlsContext::load(files));
    EXPECT_TRUE(TlsContext::load(self_made_certificate(folder.path(), {}, today).value()));
    std::ofstream(files.certificate) << "not a certificate";
    EXPECT_TRUE(TlsContext::load(self_made_certificate(folder.path(), {}, today).value()));
}

TEST(SelfMade, KeepsItsKeyToItself) {
    TempDir const folder;
    auto const files = self_made_certificate(folder.path() / "tls", {}, today).value();
    EXPECT_EQ(fs::status(files.key).permissions() & fs::perms::mask,
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(files.key.parent_path()).permissions() & fs::perms::mask, fs::perms::owner_all);
}

TEST(SelfMade, SaysWhereItCannotBeStored) {
    TempDir const folder;
    std::ofstream(folder.path() / "file") << "in the way";
    auto const refused = self_made_certificate(folder.path() / "file", {}, today);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.en.find((folder.path() / "file").string()), std::string::npos);
}

std::string why(TlsFiles const& files) {
    auto const loaded = TlsContext::load(files);
    return loaded ? "" : loaded.error().detail.en;
}

TEST(TlsFiles, AreRefusedWithASentence) {
    TempDir const folder, other;
    auto const good = self_made_certificate(folder.path(), {}, today).value();
    auto const others = self_made_certificate(other.path(), {}, today).value();
    EXPECT_EQ(why(good), "");
    EXPECT_NE(why({.certificate = good.certificate, .key = others.key}).find("does not belong"),
              std::string::npos);
    EXPECT_NE(
        why({.certificate = good.certificate, .key = folder.path() / "none"}).find("no readable PEM key"),
        std::string::npos);
    EXPECT_NE(why({.certificate = good.key, .key = good.key}).find("no readable PEM certificate"),
              std::string::npos);

    EVP_PKEY* const rsa = EVP_RSA_gen(2048);
    fs::path const rsa_key = folder.path() / "rsa.key", locked_key = folder.path() / "locked.key";
    BIO* file = BIO_new_file(rsa_key.c_str(), "w");
    PEM_write_bio_PrivateKey(file, rsa, nullptr, nullptr, 0, nullptr, nullptr);
    BIO_free(file);
    file = BIO_new_file(locked_key.c_str(), "w");
    PEM_write_bio_PrivateKey(file, rsa, EVP_aes_256_cbc(), nullptr, 0, nullptr, const_cast<char*>("secret"));
    BIO_free(file);
    EVP_PKEY_free(rsa);
    EXPECT_NE(why({.certificate = good.certificate, .key = rsa_key}).find("does not belong"),
              std::string::npos);
    EXPECT_NE(why({.certificate = good.certificate, .key = locked_key}).find("without a passphrase"),
              std::string::npos);
}

std::string fingerprint_of(Peer const& peer) {
    std::unique_ptr<X509, void (*)(X509*)> const shown(SSL_get1_peer_certificate(peer.tls()), X509_free);
    std::array<unsigned char, 32> digest{};
    X509_digest(shown.get(), EVP_sha256(), digest.data(), nullptr);
    return {digest.begin(), digest.end()};
}

TEST(Tls, TakesAnotherCertificateAndKeepsOpenConnections) {
    House house;
    Peer before(house.port());
    TempDir const folder;
    house.server.use(TlsContext::load(self_made_certificate(folder.path(), {}, today).value()).value());
    Peer after(house.port());
    EXPECT_NE(fingerprint_of(before), fingerprint_of(after));
    EXPECT_EQ(before.ask(get("/things/old")).body, "old");
    EXPECT_EQ(after.ask(get("/things/new")).body, "new");
}

TEST(Tls, KnowsWhenItsCertificateEnds) {
    TempDir const folder;
    auto const loaded = TlsContext::load(self_made_certificate(folder.path(), {}, today).value()).value();
    EXPECT_LE(loaded->ends(), today + 24h * 397);
    EXPECT_GT(loaded->ends() + 2s, today + 24h * 397);
}

TEST(SelfMade, AnAddressIsNamedAsOneWithOrWithoutBrackets) {
    TempDir const folder;
    auto const files = self_made_certificate(folder.path(), {"[2001:db8::7]", "[::1]"}, today).value();
    std::unique_ptr<BIO, int (*)(BIO*)> const in(BIO_new_file(files.certificate.c_str(), "r"), BIO_free);
    std::unique_ptr<X509, void (*)(X509*)> const made(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                      X509_free);
    EXPECT_EQ(X509_check_ip_asc(made.get(), "2001:db8::7", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(made.get(), "::1", 0), 1);
    EXPECT_NE(X509_check_host(made.get(), "[2001:db8::7]", 0, 0, nullptr), 1);
    std::string const first = contents(files.certificate);
    (void)self_made_certificate(folder.path(), {"2001:db8::7"}, today).value();
    EXPECT_EQ(contents(files.certificate), first) << "the same names, and so the same certificate";
}

TEST(SelfMade, OneThatWasDamagedIsNotReplacedUnderARunningServer) {
    TempDir const folder, other;
    CertificateSource const own{.folder = folder.path(), .names = {}};
    auto const files = own.files(today).value();
    auto const others = self_made_certificate(other.path(), {}, today).value();
    fs::copy_file(others.key, files.key, fs::copy_options::overwrite_existing);
    auto refused = own.load(today);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.en.find("does not belong"), std::string::npos);
    std::ofstream(files.certificate) << "not a certificate";
    refused = own.load(today);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.en.find(files.certificate.string()), std::string::npos);
    EXPECT_EQ(contents(files.certificate), "not a certificate");
    fs::remove(files.certificate);
    EXPECT_TRUE(own.load(today)) << "one that is gone is made anew";
}

TEST(Tls, IsLoadedAgainFromWhereItCameFrom) {
    TempDir const folder;
    CertificateSource const own{.folder = folder.path() / "own", .names = {"a.test"}};
    auto const first = own.load(today).value()->ends();
    EXPECT_EQ(own.load(today + 24h * 300).value()->ends(), first);
    EXPECT_GT(own.load(today + 24h * 380).value()->ends(), first);  // made anew before it ends
    CertificateSource const given{.given = own.files(today).value()};
    fs::remove(given.given.key);
    auto const refused = given.load(today);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.en.find(given.given.key.string()), std::string::npos);
}

}  // namespace
}  // namespace sponsio::http::test

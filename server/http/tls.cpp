#include "server/http/tls.hpp"

#include "text/tls_groups.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <string_view>

namespace sponsio::http {
namespace {

Fault refusal(std::string en, std::string zh) {
    Fault refused = fault(problem::internal, std::move(en), std::move(zh));
    if (unsigned long const code = ERR_peek_last_error()) {
        std::array<char, 256> text{};
        ERR_error_string_n(code, text.data(), text.size());
        refused.cause = text.data();
    }
    ERR_clear_error();
    return refused;
}

/// Refuses a key with a passphrase; OpenSSL's default would ask for it on the terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

/// ALPN (RFC 7301): this server speaks http/1.1 only, and refuses a client that offers only other protocols.
int choose_protocol(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* in,
                    unsigned int in_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    int const found = SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, in, in_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/// False if this OpenSSL lacks one of the algorithms.
bool configure(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // No tickets: a key that opens them would have to outlive connections, and a handshake is cheap.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_PRIORITIZE_CHACHA |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    // Buffers are given back while a connection is idle; a write may be repeated from another address.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);  // a record in one system call instead of two
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    return SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, tls_groups) == 1;
}

Instant end_of(X509 const* certificate) {
    std::tm ends{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &ends) != 1) return {};
    return std::chrono::time_point_cast<Instant::duration>(
        std::chrono::system_clock::from_time_t(::timegm(&ends)));
}

}  // namespace

Outcome<TlsFiles> CertificateSource::files(Instant now) const {
    if (!given.certificate.empty()) return given;
    return self_made_certificate(folder, names, now);
}

Outcome<std::shared_ptr<TlsContext const>> CertificateSource::load(Instant now) const {
    if (given.certificate.empty()) {
        TlsFiles const present = self_made_files(folder);
        std::error_code none;
        if (std::filesystem::exists(present.certificate, none))
            if (auto const whole = TlsContext::load(present); !whole) return whole.error();
    }
    auto const found = files(now);
    if (!found) return found.error();
    return TlsContext::load(*found);
}

TlsContext::~TlsContext() {
    SSL_CTX_free(context_);
}

Outcome<std::shared_ptr<TlsContext const>> TlsContext::load(TlsFiles const& files) {
    ERR_clear_error();
    SSL_CTX* const raw = SSL_CTX_new(TLS_server_method());
    if (!raw) return refusal("TLS cannot be set up", "无法初始化 TLS");
    std::shared_ptr<TlsContext> const made(new TlsContext(raw));
    if (!configure(raw)) return refusal("TLS cannot be set up", "无法初始化 TLS");
    std::string const certificate = files.certificate.string(), key = files.key.string();
    if (SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) != 1)
        return refusal("The certificate file " + certificate + " holds no readable PEM certificate",
                       "证书文件 " + certificate + " 不含可读取的 PEM 证书");
    // Loading the key also compares it with the certificate; the two checks are separate so that each mistake
    // has its own sentence.
    if (SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        bool const mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                              ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
        if (!mismatch)
            return refusal("The key file " + key + " holds no readable PEM key without a passphrase",
                           "密钥文件 " + key + " 不含可读取的、无口令的 PEM 私钥");
    }
    if (SSL_CTX_check_private_key(raw) != 1)
        return refusal("The key in " + key + " does not belong to the certificate in " + certificate,
                       "密钥文件 " + key + " 与证书 " + certificate + " 不匹配");
    made->ends_ = end_of(SSL_CTX_get0_certificate(raw));
    return std::shared_ptr<TlsContext const>(made);
}

}  // namespace sponsio::http

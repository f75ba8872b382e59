#include "server/http/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sponsio::http {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto validity = 397 * 24h;  // what browsers accept at most
constexpr auto renewal = 30 * 24h;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* p) const noexcept {
        Free(p);
    }
};

using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

Fault failure(std::string en, std::string zh, std::string cause) {
    Fault refused = fault(problem::internal, std::move(en), std::move(zh));
    refused.cause = std::move(cause);
    return refused;
}

std::string last_openssl_error() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

bool is_address(std::string const& name) {
    boost::system::error_code ec;
    boost::asio::ip::make_address(name, ec);
    return !ec;
}

/// A host name, or an address without the brackets that it has in a URL.
std::string without_brackets(std::string const& name) {
    bool const bracketed = name.starts_with('[') && name.ends_with(']');
    return bracketed ? name.substr(1, name.size() - 2) : name;
}

bool covers(X509* certificate, std::string const& name) {
    if (is_address(name)) return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
    return X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

/// Whether the files can be used again: both readable, a pair, valid long enough, for every name.
bool still_good(TlsFiles const& files, std::vector<std::string> const& names, Instant now) {
    Memory const certificate_file(BIO_new_file(files.certificate.c_str(), "r"));
    Memory const key_file(BIO_new_file(files.key.c_str(), "r"));
    ERR_clear_error();
    if (!certificate_file || !key_file) return false;
    Certificate const certificate(PEM_read_bio_X509(certificate_file.get(), nullptr, nullptr, nullptr));
    Key const key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) return false;
    std::time_t soon = std::chrono::system_clock::to_time_t(now + renewal);
    if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) != 1) return false;
    return std::ranges::all_of(names, [&](auto const& name) { return covers(certificate.get(), name); });
}

bool add_extension(X509* certificate, int nid, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    Extension const made(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return made && X509_add_ext(certificate, made.get(), -1) == 1;
}

/// Sets a serial number of 159 random bits: positive, and at most 20 octets (RFC 5280 §4.1.2.2).
bool set_serial(X509* certificate) {
    Number const serial(BN_new());
    return serial && BN_rand(serial.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Certificate make_certificate(EVP_PKEY* key, std::vector<std::string> const& names, Instant now) {
    Certificate made(X509_new());
    if (!made) return nullptr;
    X509* const c = made.get();
    std::string alternatives;
    for (std::string const& name : names)
        alternatives +=
            (alternatives.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    // The validity begins an hour ago, for clients whose clock is slow.
    std::time_t const from = std::chrono::system_clock::to_time_t(now - 1h);
    std::time_t const until = std::chrono::system_clock::to_time_t(now + validity);
    X509_NAME* const subject = X509_get_subject_name(c);
    auto const* const common_name = reinterpret_cast<unsigned char const*>(names.front().c_str());
    bool const ok =
        X509_set_version(c, X509_VERSION_3) == 1 && set_serial(c) &&
        ASN1_TIME_set(X509_getm_notBefore(c), from) && ASN1_TIME_set(X509_getm_notAfter(c), until) &&
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                   reinterpret_cast<unsigned char const*>("Sponsio"), -1, -1, 0) == 1 &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1 &&
        X509_set_issuer_name(c, subject) == 1 && X509_set_pubkey(c, key) == 1 &&
        add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(c, NID_key_usage, "critical,digitalSignature") &&
        add_extension(c, NID_ext_key_usage, "serverAuth") &&
        add_extension(c, NID_subject_key_identifier, "hash") &&
        add_extension(c, NID_subject_alt_name, alternatives) && X509_sign(c, key, EVP_sha256()) > 0;
    return ok ? std::move(made) : nullptr;
}

std::string contents(BIO* memory) {
    char* data = nullptr;
    long const size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// Writes through a temporary file in the same folder, so that a crash leaves the old file or the new one.
std::error_code write_file(fs::path const& path, std::string const& bytes, ::mode_t mode) {
    auto const last = [] { return std::error_code(errno, std::generic_category()); };
    std::string const temporary = path.string() + ".new";
    ::unlink(temporary.c_str());
    int const file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return last();
    bool const written =
        ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
    std::error_code const failed = written ? std::error_code{} : last();
    ::close(file);
    if (failed) return failed;
    if (::rename(temporary.c_str(), path.c_str()) != 0) return last();
    return {};
}

}  // namespace

TlsFiles self_made_files(fs::path const& folder) {
    return {.certificate = folder / "server.crt", .key = folder / "server.key"};
}

Outcome<TlsFiles> self_made_certificate(fs::path const& folder, std::vector<std::string> const& names,
                                        Instant now) {
    std::vector<std::string> all{"localhost", "127.0.0.1", "::1"};
    for (std::string const& given : names)
        if (std::string name = without_brackets(given); std::ranges::find(all, name) == all.end())
            all.push_back(std::move(name));
    TlsFiles files = self_made_files(folder);
    if (still_good(files, all, now)) return files;

    std::error_code ec;
    fs::create_directories(folder, ec);
    if (!ec) fs::permissions(folder, fs::perms::owner_all, ec);
    if (ec)
        return failure("The folder " + folder.string() + " cannot be made", "无法创建目录 " + folder.string(),
                       ec.message());
    Key const key(EVP_EC_gen("P-256"));
    Certificate const certificate = key ? make_certificate(key.get(), all, now) : nullptr;
    Memory const key_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
    if (!certificate || !key_text || !certificate_text ||
        PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
            1 ||
        PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1)
        return failure("A certificate for these names cannot be made", "无法为这些名称生成证书",
                       last_openssl_error());
    // The certificate goes last: a crash between the two leaves a pair that does not match and is made anew.
    ec = write_file(files.key, contents(key_text.get()), 0600);
    if (!ec) ec = write_file(files.certificate, contents(certificate_text.get()), 0644);
    if (ec)
        return failure("The certificate cannot be stored in " + folder.string(),
                       "无法将证书保存到 " + folder.string(), ec.message());
    return files;
}

}  // namespace sponsio::http

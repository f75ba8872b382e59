#include "server/app/certificate_look.hpp"

#include "server/http/tls.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

namespace sponsio::app {
namespace {

struct Free {
    void operator()(X509* certificate) const noexcept { ::X509_free(certificate); }

    void operator()(BIO* file) const noexcept { ::BIO_free(file); }
};

using Certificate = std::unique_ptr<X509, Free>;

std::vector<Certificate> read_all(std::filesystem::path const& file) {
    std::vector<Certificate> found;
    std::unique_ptr<BIO, Free> const in(::BIO_new_file(file.c_str(), "r"));
    while (in) {
        Certificate next(::PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
        if (!next) break;
        found.push_back(std::move(next));
    }
    return found;
}

Instant end_of(X509 const* certificate) {
    std::tm end{};
    ::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate), &end);
    return Instant{std::chrono::seconds{::timegm(&end)}};
}

bool signed_by(X509* certificate, X509* issuer) {
    return ::X509_check_issued(issuer, certificate) == X509_V_OK &&
           ::X509_verify(certificate, ::X509_get0_pubkey(issuer)) == 1;
}

bool names(X509* certificate, std::string const& host) {
    return ::X509_check_host(certificate, host.c_str(), host.size(), 0, nullptr) == 1 ||
           ::X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
}

}  // namespace

Outcome<CertificateLook> CertificateLook::at(std::filesystem::path const& certificate,
                                             std::filesystem::path const& key, std::string const& host) {
    if (auto usable = http::TlsContext::load({certificate, key}); !usable) return usable.error();
    auto const all = read_all(certificate);
    if (all.empty())
        return fault(problem::invalid, certificate.string() + " holds no certificate.",
                     certificate.string() + " 中没有证书。");
    CertificateLook look{.ends = end_of(all.front().get()),
                         .names_host = !host.empty() && names(all.front().get(), host),
                         .chain_holds = true,
                         .self_signed = signed_by(all.front().get(), all.front().get())};
    for (std::size_t i = 1; i < all.size(); ++i)
        look.chain_holds = look.chain_holds && signed_by(all[i - 1].get(), all[i].get());
    return look;
}

}  // namespace sponsio::app

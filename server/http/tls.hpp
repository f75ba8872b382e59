#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace sponsio::http {

/// PEM files; the certificate file may hold the whole chain, leaf first.
struct TlsFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// TLS 1.2 and 1.3, server side, for http/1.1, with the groups of text/tls_groups.hpp and without resumption.
/// Shared by all threads of a server.
class TlsContext {
  public:
    /// Refused with a sentence: a file that cannot be read, a key that does not belong to the certificate.
    static Outcome<std::shared_ptr<TlsContext const>> load(TlsFiles const& files);

    ~TlsContext();
    TlsContext(TlsContext const&) = delete;
    TlsContext& operator=(TlsContext const&) = delete;

    [[nodiscard]] ssl_ctx_st* native() const noexcept { return context_; }

    /// The end of the server certificate's validity (RFC 5280 notAfter).
    [[nodiscard]] Instant ends() const noexcept { return ends_; }

  private:
    explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

    ssl_ctx_st* context_;
    Instant ends_{};
};

/// Where the self-made one lies in its folder.
TlsFiles self_made_files(std::filesystem::path const& folder);

/// For a server without a certificate of its own: P-256, self-signed, 397 days, for localhost, 127.0.0.1, ::1
/// and `names` (host names or addresses), kept in `folder` (key mode 0600). The one already there is used
/// again unless it has less than 30 days left, does not cover a name, or cannot be used.
Outcome<TlsFiles> self_made_certificate(std::filesystem::path const& folder,
                                        std::vector<std::string> const& names, Instant now);

/// The source of a server's certificate, read at the start and at each reload.
struct CertificateSource {
    TlsFiles given{};                ///< provided by the operator; empty: a self-made one
    std::filesystem::path folder{};  ///< of the self-made one
    std::vector<std::string> names{};

    [[nodiscard]] Outcome<TlsFiles> files(Instant now) const;
    /// For a server that runs with the one it has. Refused with a sentence, as `files` is; and a self-made
    /// one that lies there damaged is not replaced under those who have come to trust it.
    [[nodiscard]] Outcome<std::shared_ptr<TlsContext const>> load(Instant now) const;
};

}  // namespace sponsio::http

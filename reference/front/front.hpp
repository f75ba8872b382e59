#pragma once

#include "server/http/server.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::front {

/// The data directory and the address of a reference program.
struct FrontOptions {
    std::filesystem::path data;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;                 ///< 0: any free one
    std::vector<std::string> host_names{};  ///< more names for the self-made certificate
};

/// The HTTPS server of such a program, with a self-made certificate below its directory.
class Front {
  public:
    /// Accepts requests when it returns. The objects that the router's handlers refer to outlive it. Refused
    /// with a sentence for the operator.
    static Outcome<std::unique_ptr<Front>> open(FrontOptions const& options, http::Router router);

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }

    /// The certificate that clients must trust.
    [[nodiscard]] std::filesystem::path const& certificate() const noexcept { return certificate_; }

    /// Loads the certificate again; a refusal is a sentence, and the old certificate stays in use.
    Outcome<void> reload();

    /// Returns true if no connection had to be cut.
    bool stop(std::chrono::milliseconds grace) { return server_.drain(grace); }

  private:
    Front(FrontOptions const& options, http::Router router, http::CertificateSource source,
          http::TlsFiles const& files, std::shared_ptr<http::TlsContext const> tls);

    http::CertificateSource source_;
    std::filesystem::path certificate_;
    http::Server server_;
};

}  // namespace sponsio::front

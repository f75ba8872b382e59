#include "server/app/certificate.hpp"

#include <chrono>

namespace sponsio::app {

http::CertificateSource certificate_of(ServeOptions const& options) {
    return {.given = {options.certificate, options.certificate_key},
            .folder = options.state / "tls",
            .names = options.names};
}

void show_end(http::TlsContext const& tls, Metrics const& metrics) {
    metrics.tls_certificate_end.set(std::chrono::duration<double>(tls.ends().time_since_epoch()).count());
}

}  // namespace sponsio::app

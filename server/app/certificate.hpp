#pragma once

#include "server/app/serve_options.hpp"
#include "server/base/metrics.hpp"
#include "server/http/tls.hpp"

namespace sponsio::app {

/// Where the certificate of `serve` comes from: the one that was given, else a self-made one below the state.
http::CertificateSource certificate_of(ServeOptions const& options);

/// Tells the metrics when it ends.
void show_end(http::TlsContext const& tls, Metrics const& metrics);

}  // namespace sponsio::app

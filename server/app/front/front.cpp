#include "server/app/front/front.hpp"

#include "server/base/time.hpp"

namespace sponsio::app {

Front::Front(FrontOptions const& options, http::Router router, http::TlsFiles const& files,
             std::shared_ptr<http::TlsContext const> tls)
    : certificate_(files.certificate),
      server_({.address = options.host, .port = options.port}, std::move(router), std::move(tls), nullptr) {}

Outcome<std::unique_ptr<Front>> Front::open(FrontOptions const& options, http::Router router) {
    // The certificate is judged by the clocks of the machines, whatever day it is in training.
    auto const files =
        http::self_made_certificate(options.data / "tls", options.host_names, SystemClock().now());
    if (!files) return files.error();
    auto const tls = http::TlsContext::load(*files);
    if (!tls) return tls.error();
    std::unique_ptr<Front> front(new Front(options, std::move(router), *files, *tls));
    if (auto started = front->server_.start(); !started) return started.error();
    return front;
}

}  // namespace sponsio::app

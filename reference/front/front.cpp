#include "reference/front/front.hpp"

#include "server/base/time.hpp"

namespace sponsio::front {

Front::Front(FrontOptions const& options, http::Router router, http::CertificateSource source,
             http::TlsFiles const& files, std::shared_ptr<http::TlsContext const> tls)
    : source_(std::move(source)),
      certificate_(files.certificate),
      server_({.address = options.host, .port = options.port}, std::move(router), std::move(tls), nullptr) {}

Outcome<std::unique_ptr<Front>> Front::open(FrontOptions const& options, http::Router router) {
    // Certificates are judged by the machines' clocks, not by the business time of a training.
    http::CertificateSource source{.folder = options.data / "tls", .names = options.host_names};
    auto const files = source.files(SystemClock().now());
    if (!files) return files.error();
    auto const tls = http::TlsContext::load(*files);
    if (!tls) return tls.error();
    std::unique_ptr<Front> front(new Front(options, std::move(router), std::move(source), *files, *tls));
    if (auto started = front->server_.start(); !started) return started.error();
    return front;
}

Outcome<void> Front::reload() {
    auto tls = source_.load(SystemClock().now());
    if (!tls) return tls.error();
    server_.use(std::move(*tls));
    return {};
}

}  // namespace sponsio::front

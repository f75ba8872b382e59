#include "server/app/platform/platform.hpp"

#include "server/app/platform/durable_file.hpp"

namespace sponsio::app::platform {
namespace {

Outcome<ExchangeOptions> exchange_options(PlatformServerOptions const& options) {
    ExchangeOptions exchange{.registry = options.registry, .drop_answers = options.drop_answers};
    // Read once now, so that a mistake in it is told at the start and not with the first batch.
    if (options.registry)
        if (auto const registry = Registry::load(*options.registry); !registry) return registry.error();
    for (auto const& file : options.sender_keys) {
        auto key = load_sender_key(file);
        if (!key) return key.error();
        exchange.sender_keys.push_back(std::move(*key));
    }
    if (!options.token_file.empty()) {
        auto text = read_whole(options.token_file);
        if (!text) return text.error();
        exchange.token = text->substr(0, text->find_first_of("\r\n"));
        if (exchange.token.empty())
            return fault(problem::invalid, "The token file " + options.token_file.string() + " is empty.",
                         "令牌文件 " + options.token_file.string() + " 为空。");
    }
    return exchange;
}

}  // namespace

Outcome<std::unique_ptr<Platform>> Platform::start(PlatformServerOptions const& options, Clock const& clock) {
    auto exchange = exchange_options(options);
    if (!exchange) return exchange.error();
    auto regions = domain::Regions::from_resources();
    if (!regions) return regions.error();
    auto archive = Archive::open(options.data);
    if (!archive) return archive.error();
    std::unique_ptr<Platform> platform(new Platform(std::move(*regions), std::move(*archive)));
    platform->exchange_ =
        std::make_unique<Exchange>(*platform->archive_, platform->regions_, clock, std::move(*exchange));
    // The certificate is judged by the clocks of the machines, whatever day it is in training.
    auto const files = http::self_made_certificate(options.data / "tls", options.names, SystemClock().now());
    if (!files) return files.error();
    auto const tls = http::TlsContext::load(*files);
    if (!tls) return tls.error();
    platform->certificate_ = files->certificate;
    platform->server_ =
        std::make_unique<http::Server>(http::ServerOptions{.address = options.host, .port = options.port},
                                       platform->exchange_->router(), *tls, nullptr);
    if (auto started = platform->server_->start(); !started) return started.error();
    return platform;
}

Platform::~Platform() = default;

bool Platform::stop(std::chrono::milliseconds grace) {
    return server_->drain(grace);
}

}  // namespace sponsio::app::platform

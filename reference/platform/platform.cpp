#include "reference/platform/platform.hpp"

#include "reference/front/files.hpp"

namespace sponsio::platform {
namespace {

Outcome<ExchangeOptions> exchange_options(PlatformServerOptions const& options) {
    ExchangeOptions exchange{.registry = options.registry, .drop_answers = options.drop_answers};
    // Read now, so that a mistake is reported at the start and not with the first batch.
    if (options.registry)
        if (auto const registry = Registry::load(*options.registry); !registry) return registry.error();
    for (auto const& file : options.sender_keys) {
        auto key = load_sender_key(file);
        if (!key) return key.error();
        exchange.sender_keys.push_back(std::move(*key));
    }
    if (!options.token_file.empty()) {
        auto text = front::read_file(options.token_file);
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
    auto archive = Archive::open(options.front.data);
    if (!archive) return archive.error();
    std::unique_ptr<Platform> platform(new Platform(std::move(*regions), std::move(*archive)));
    platform->exchange_ =
        std::make_unique<Exchange>(*platform->archive_, platform->regions_, clock, std::move(*exchange));
    auto front = front::Front::open(options.front, platform->exchange_->router());
    if (!front) return front.error();
    platform->front_ = std::move(*front);
    return platform;
}

}  // namespace sponsio::platform

#include "server/app/wings/subscriptions.hpp"

#include "server/api/subscriptions.hpp"

namespace sponsio::app {
namespace {

/// A receiver that is slow holds up one of them.
constexpr int senders = 4;

}  // namespace

client::WebhookOptions webhook_options(ServeOptions const& options, client::Outbound const& outbound) {
    return {.ca_file = options.webhook_ca,
            .private_targets = options.webhook_private_targets,
            .outbound = outbound};
}

Subscriptions::Subscriptions(Foundation& base)
    : subscriptions_(base.db, base.vault, *base.clock), rounds_(base.metrics) {}

Outcome<void> Subscriptions::connect(Foundation& base) {
    auto client = client::make_webhook_client(webhook_options(base.options, base.outbound));
    if (!client) return client.error();
    client_ = std::move(*client);
    delivery_ = std::make_unique<service::WebhookDelivery>(base.db, base.vault, *base.clock, *client_,
                                                           crypto::system_entropy(), &base.metrics);
    return {};
}

void Subscriptions::add_routes(http::Router& router) {
    router.add(api::subscription_routes(subscriptions_));
}

void Subscriptions::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "webhook_queue", .pause = pause}, [this] { return delivery_->queue(); });
    for (int i = 0; i != senders; ++i)
        rounds_.run({.name = "webhook", .pause = pause}, [this] { return delivery_->send(); });
}

}  // namespace sponsio::app

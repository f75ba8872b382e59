#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/subscriptions/delivery.hpp"
#include "server/service/subscriptions/service.hpp"

#include <memory>

namespace sponsio::app {

/// Integrators say where they want to be told of records, and are told.
class Subscriptions final : public Wing {
  public:
    explicit Subscriptions(Foundation& base);

    /// Before start(). Fault: the certificates for receivers cannot be read.
    Outcome<void> connect(Foundation& base);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    service::SubscriptionService subscriptions_;
    std::unique_ptr<client::WebhookClient> client_;
    std::unique_ptr<service::WebhookDelivery> delivery_;
    Rounds rounds_;
};

client::WebhookOptions webhook_options(ServeOptions const& options, client::Outbound const& outbound);

}  // namespace sponsio::app

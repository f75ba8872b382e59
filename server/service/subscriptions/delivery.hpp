#pragma once

#include "server/base/metrics.hpp"
#include "server/client/webhook_client.hpp"
#include "server/service/unit/errand.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/records.hpp"
#include "server/store/subscriptions.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace sponsio::service {

struct WebhookDeliveryOptions {
    std::chrono::milliseconds timeout{15'000};  ///< of one attempt
    std::chrono::seconds lease{60};             ///< beyond the timeout, before another process tries again
    Reached<ErrandPoint> reached{};
};

/// A message that is about to be sent.
struct WebhookClaim {
    store::DeliveryRow delivery;
    std::string url;
    std::string body;         ///< empty: there is nothing to send any more
    std::string signature{};  ///< of webhook-id, webhook-timestamp and body
    Instant at;
};

/// Tells integrators of records and of changes of their status, each message until it is taken or given up:
/// Standard Webhooks 1.0, signatures `v1` (HMAC-SHA256) or `v1a` (Ed25519). A message is about what the
/// account may read when it is sent, and discloses nothing of a person: the receiver fetches that with its
/// own token, which leaves a trace.
class WebhookDelivery final : Errand<WebhookClaim, store::DeliveryRow, client::WebhookReply> {
  public:
    WebhookDelivery(db::DbExecutor& db, Vault const& vault, Clock const& clock, client::WebhookClient& client,
                    crypto::Entropy& entropy, Metrics* metrics, WebhookDeliveryOptions options = {});

    /// Queues what the feed of records has that some subscription was not told of. Returns how many records
    /// it looked at.
    Outcome<std::size_t> queue();
    /// One message that is due; the number of attempts made, 0 or 1.
    Outcome<std::size_t> send();

  private:
    Outcome<std::optional<WebhookClaim>> claim(db::PgSession& db, Instant now) override;
    Outcome<client::WebhookReply> exchange(WebhookClaim const& claim) override;
    std::optional<store::DeliveryRow> lock_again(db::PgSession& db, WebhookClaim const& claim) override;
    Outcome<void> settle(db::PgSession& db, store::DeliveryRow& row, WebhookClaim& claim,
                         client::WebhookReply const& reply, Instant now) override;

    [[nodiscard]] Outcome<domain::JsonObject> record_data(db::PgSession& db,
                                                          store::CreditRecord const& record,
                                                          store::DeliveryRow const& delivery) const;
    [[nodiscard]] Outcome<std::string> body_of(db::PgSession& db, store::SubscriptionRow const& subscription,
                                               store::DeliveryRow const& delivery, Instant now) const;
    /// Each with its identifier, the present secret's first, separated by spaces.
    [[nodiscard]] Outcome<std::string> signatures(db::PgSession& db,
                                                  store::SubscriptionRow const& subscription,
                                                  std::string const& message, Instant now) const;
    Outcome<void> failed(db::PgSession& db, store::DeliveryRow& row, client::WebhookReply const& reply,
                         Instant now);
    Outcome<void> note_failure(db::PgSession& db, SubscriptionId id, client::WebhookReply const& reply,
                               Instant now);

    Vault const& vault_;
    Clock const& clock_;
    client::WebhookClient& client_;
    crypto::Entropy& entropy_;
    Metrics* metrics_;
    WebhookDeliveryOptions options_;
};

}  // namespace sponsio::service

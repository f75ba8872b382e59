#include "server/client/webhook_client.hpp"

#include "server/client/retry_after.hpp"

namespace sponsio::client {
namespace {

/// What a receiver says besides its status is not read.
constexpr std::size_t most_answer = 64UL * 1024;

class HttpsWebhooks final : public WebhookClient {
  public:
    explicit HttpsWebhooks(HttpsClient client) : client_(std::move(client)) {}

    WebhookReply post(std::string const& url, Fields headers, std::string body, Deadline deadline) override {
        headers.emplace_back("Content-Type", "application/json");
        Exchange const exchange = client_.request({.method = "POST",
                                                   .url = url,
                                                   .headers = std::move(headers),
                                                   .body = std::move(body),
                                                   .deadline = deadline});
        if (!exchange) return {.cause = std::string(name(exchange.error().stage))};
        unsigned const status = exchange->status;
        bool const taken = status >= 200 && status < 300;
        return {.taken = taken,
                .status = static_cast<std::int32_t>(status),
                .cause = taken ? "taken" : "status_" + std::to_string(status),
                .retry_after = taken ? std::nullopt : retry_after(*exchange)};
    }

  private:
    HttpsClient client_;
};

}  // namespace

Outcome<std::unique_ptr<WebhookClient>> make_webhook_client(WebhookOptions const& options) {
    auto client = HttpsClient::make({.ca_file = options.ca_file,
                                     .max_answer = most_answer,
                                     .public_only = !options.private_targets,
                                     .outbound = options.outbound});
    if (!client) return client.error();
    return std::unique_ptr<WebhookClient>(std::make_unique<HttpsWebhooks>(std::move(*client)));
}

}  // namespace sponsio::client

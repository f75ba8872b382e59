#pragma once

#include "server/client/https_client.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace sponsio::client {

/// The outcome of a message to a receiver.
struct WebhookReply {
    bool taken = false;                    ///< 2xx
    std::optional<std::int32_t> status{};  ///< nothing where no whole answer came
    std::string cause{};  ///< a word for the log and for people: "taken", "connect", "status_503"
    std::optional<std::chrono::seconds> retry_after{};
};

/// Whoever wants to be told (Standard Webhooks 1.0). A seam: tests put a scripted one in its place. Blocks;
/// safe from several threads.
class WebhookClient {
  public:
    virtual ~WebhookClient() = default;
    virtual WebhookReply post(std::string const& url, Fields headers, std::string body,
                              Deadline deadline) = 0;
};

struct WebhookOptions {
    std::filesystem::path ca_file{};  ///< only these are trusted; empty: the system's
    bool private_targets = false;     ///< receivers may lie in networks that are not public
    Outbound outbound{};
};

/// Refused with a sentence: unreadable CA file.
Outcome<std::unique_ptr<WebhookClient>> make_webhook_client(WebhookOptions const& options);

}  // namespace sponsio::client

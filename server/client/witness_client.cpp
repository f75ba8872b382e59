#include "server/client/witness_client.hpp"

#include "server/client/retry_after.hpp"
#include "server/client/url.hpp"

#include <charconv>

namespace sponsio::client {
namespace {

using Kind = WitnessReply::Kind;

constexpr std::size_t max_answer = 65536;  // room for a hundred signatures
constexpr std::string_view size_type = "text/x.tlog.size";

class HttpsWitness final : public WitnessClient {
  public:
    HttpsWitness(HttpsClient client, std::string url) : client_(std::move(client)), url_(std::move(url)) {}

    WitnessReply add_checkpoint(std::string body, Deadline deadline) override {
        Exchange exchange = client_.request({.method = "POST",
                                             .url = url_ + "/add-checkpoint",
                                             .headers = {{"Content-Type", "text/plain"}},
                                             .body = std::move(body),
                                             .deadline = deadline});
        if (!exchange) return {Kind::unavailable, {}, std::string(name(exchange.error().stage)), {}};
        unsigned const status = exchange->status;
        std::string cause = "status_" + std::to_string(status);
        if (status == 200) return {Kind::cosigned, std::move(exchange->body), std::move(cause), {}};
        if (status == 409 && exchange->header("Content-Type") == size_type)
            return {Kind::other_size, std::move(exchange->body), std::move(cause), {}};
        if (status == 408 || status == 429 || status < 400 || status >= 500)
            return {Kind::unavailable, {}, std::move(cause), retry_after(*exchange)};
        return {Kind::refused, {}, std::move(cause), retry_after(*exchange)};
    }

    WitnessReply last_checkpoint(std::string const& log_hash, Deadline deadline) override {
        Exchange exchange =
            client_.request({.url = url_ + "/" + log_hash + "/checkpoint", .deadline = deadline});
        if (!exchange) return {Kind::unavailable, {}, std::string(name(exchange.error().stage)), {}};
        std::string cause = "status_" + std::to_string(exchange->status);
        if (exchange->status == 200) return {Kind::cosigned, std::move(exchange->body), std::move(cause), {}};
        return {exchange->status == 404 ? Kind::refused : Kind::unavailable, {}, std::move(cause), {}};
    }

    std::string url() const override { return url_; }

  private:
    HttpsClient client_;
    std::string url_;
};

}  // namespace

/// The size on the only line of the body.
std::optional<std::uint64_t> WitnessReply::size() const {
    std::uint64_t size = 0;
    auto const [end, error] = std::from_chars(body.data(), body.data() + body.size(), size);
    if (error != std::errc{} || std::to_string(size) + "\n" != body) return std::nullopt;
    return size;
}

Outcome<std::unique_ptr<WitnessClient>> make_witness_client(WitnessOptions const& options) {
    std::string url = options.url;
    while (!url.empty() && url.back() == '/') url.pop_back();
    if (!is_https_url(url + "/add-checkpoint"))
        return fault(problem::invalid, "A witness's address must be an https URL: " + options.url,
                     "见证人地址须为 https 网址：" + options.url);
    auto client = HttpsClient::make(
        {.ca_file = options.ca_file, .max_answer = max_answer, .outbound = options.outbound});
    if (!client) return client.error();
    return std::unique_ptr<WitnessClient>(std::make_unique<HttpsWitness>(std::move(*client), std::move(url)));
}

}  // namespace sponsio::client

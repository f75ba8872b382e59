#include "server/client/platform_client.hpp"

#include "server/client/retry_after.hpp"
#include "server/client/url.hpp"

#include <fstream>
#include <string>

namespace sponsio::client {
namespace {

using Kind = PlatformReply::Kind;

class HttpsPlatform final : public PlatformClient {
  public:
    HttpsPlatform(HttpsClient client, std::string batches, std::string token)
        : client_(std::move(client)), batches_(std::move(batches)), token_(std::move(token)) {}

    PlatformReply put(std::string const& batch_no, std::string body, Deadline deadline) override {
        Call call = call_to("PUT", batch_no, deadline);
        call.headers.emplace_back("Content-Type", "application/vnd.sponsio.batch+json");
        call.body = std::move(body);
        return exchanged(call);
    }

    PlatformReply get(std::string const& batch_no, Deadline deadline) override {
        return exchanged(call_to("GET", batch_no, deadline));
    }

  private:
    [[nodiscard]] Call call_to(char const* method, std::string const& batch_no, Deadline deadline) const {
        Call call{.method = method, .url = batches_ + batch_no, .deadline = deadline};
        call.headers.emplace_back("Accept", "application/json");
        if (!token_.empty()) call.headers.emplace_back("Authorization", "Bearer " + token_);
        return call;
    }

    [[nodiscard]] PlatformReply exchanged(Call const& call) const {
        Exchange exchange = client_.request(call);
        if (!exchange) {
            Failure const& failure = exchange.error();
            return {failure.maybe_received() ? Kind::lost : Kind::not_sent,
                    {},
                    std::string(name(failure.stage)),
                    {}};
        }
        unsigned const status = exchange->status;
        PlatformReply reply{.kind = Kind::answered,
                            .body = std::move(exchange->body),
                            .status = static_cast<std::int32_t>(status),
                            .content_type = std::string(exchange->header("Content-Type").value_or(""))};
        if (status == 200 || status == 201) return reply;
        reply.kind = kind_of(status, call.method == "GET");
        reply.cause = "status_" + std::to_string(status);
        reply.retry_after = retry_after(*exchange);
        return reply;
    }

    static Kind kind_of(unsigned status, bool question) {
        if (status == 404 && question) return Kind::not_there;
        if (status == 408 || status == 429 || status < 400 || status >= 500) return Kind::unavailable;
        return Kind::refused;
    }

    HttpsClient client_;
    std::string batches_;  ///< ends with a slash
    std::string token_;
};

Outcome<std::string> first_line(std::filesystem::path const& file) {
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line) || line.empty())
        return fault(problem::invalid, "The token file " + file.string() + " cannot be read or is empty.",
                     "无法读取令牌文件 " + file.string() + "，或文件为空。");
    if (line.back() == '\r') line.pop_back();
    return line;
}

}  // namespace

std::string_view name(PlatformReply::Kind kind) {
    switch (kind) {
        case Kind::answered: return "answered";
        case Kind::not_there: return "not_there";
        case Kind::refused: return "refused";
        case Kind::unavailable: return "unavailable";
        case Kind::not_sent: return "not_sent";
        case Kind::lost: break;
    }
    return "lost";
}

Outcome<std::unique_ptr<PlatformClient>> make_platform_client(PlatformOptions const& options) {
    std::string batches = options.url;
    while (!batches.empty() && batches.back() == '/') batches.pop_back();
    batches += "/exchange/v1/batches/";
    if (!is_https_url(batches + "x"))
        return fault(problem::invalid, "The platform's address must be an https URL: " + options.url,
                     "平台地址须为 https 网址：" + options.url);
    std::string token;
    if (!options.token_file.empty()) {
        auto line = first_line(options.token_file);
        if (!line) return line.error();
        token = std::move(*line);
    }
    auto client = HttpsClient::make(
        {.ca_file = options.ca_file, .max_answer = options.max_answer, .outbound = options.outbound});
    if (!client) return client.error();
    return std::unique_ptr<PlatformClient>(
        std::make_unique<HttpsPlatform>(std::move(*client), std::move(batches), std::move(token)));
}

}  // namespace sponsio::client

#include "server/client/department_client.hpp"

#include "server/client/url.hpp"

#include <algorithm>
#include <charconv>

namespace sponsio::client {
namespace {

using Kind = DepartmentReply::Kind;

/// A department that says "never again" must not be believed for ever.
constexpr std::int64_t longest_retry_after = 86400;

class HttpsDepartment final : public DepartmentGateway {
  public:
    HttpsDepartment(HttpsClient client, std::string url) : client_(std::move(client)), url_(std::move(url)) {}

    DepartmentReply ask(std::string question, Deadline deadline) override {
        Exchange exchange =
            client_.request_blocking({.method = "POST",
                                      .url = url_,
                                      .headers = {{"Content-Type", "application/jose"},
                                                  {"Accept", "application/jose, application/problem+json"}},
                                      .body = std::move(question),
                                      .deadline = deadline});
        if (!exchange) {
            Failure const& failure = exchange.error();
            return {failure.maybe_received() ? Kind::lost : Kind::not_sent,
                    {},
                    std::string(client::name(failure.stage)),
                    {}};
        }
        unsigned const status = exchange->status;
        std::string cause = "status_" + std::to_string(status);
        if (status == 200) return {Kind::answered, std::move(exchange->body), {}, {}};
        if (status == 429 || status == 503)
            return {Kind::busy, {}, std::move(cause), retry_after_of(*exchange)};
        if (status >= 400 && status < 500 && status != 408) return {Kind::refused, {}, std::move(cause), {}};
        return {Kind::failed, {}, std::move(cause), {}};
    }

  private:
    HttpsClient client_;
    std::string url_;
};

}  // namespace

std::string_view name(DepartmentReply::Kind kind) {
    switch (kind) {
        case Kind::answered: return "answered";
        case Kind::refused: return "refused";
        case Kind::busy: return "busy";
        case Kind::failed: return "failed";
        case Kind::not_sent: return "not_sent";
        case Kind::lost: break;
    }
    return "lost";
}

Outcome<std::unique_ptr<DepartmentGateway>> make_department_gateway(DepartmentGatewayOptions const& options) {
    std::string url = options.url;
    while (!url.empty() && url.back() == '/') url.pop_back();
    url += "/checks";
    if (!parse_https_url(url))
        return fault(problem::invalid, "A department's address must be an https URL: " + options.url,
                     "部门网关地址须为 https 网址：" + options.url);
    auto client = HttpsClient::make({.ca_file = options.ca_file, .max_answer = options.max_answer});
    if (!client) return client.error();
    return std::unique_ptr<DepartmentGateway>(
        std::make_unique<HttpsDepartment>(std::move(*client), std::move(url)));
}

std::optional<std::chrono::seconds> retry_after_of(Answer const& answer) {
    auto const text = answer.header("Retry-After");
    if (!text || text->empty()) return std::nullopt;
    std::int64_t seconds = 0;
    auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (end != text->data() + text->size() || seconds < 0) return std::nullopt;
    if (error == std::errc::result_out_of_range) return std::chrono::seconds{longest_retry_after};
    if (error != std::errc{}) return std::nullopt;
    return std::chrono::seconds{std::min(seconds, longest_retry_after)};
}

}  // namespace sponsio::client

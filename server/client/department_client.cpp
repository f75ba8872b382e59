#include "server/client/department_client.hpp"

#include "server/client/retry_after.hpp"
#include "server/client/url.hpp"

namespace sponsio::client {
namespace {

using Kind = DepartmentReply::Kind;

class HttpsDepartment final : public DepartmentGateway {
  public:
    HttpsDepartment(HttpsClient client, std::string url) : client_(std::move(client)), url_(std::move(url)) {}

    DepartmentReply ask(std::string question, Deadline deadline) override {
        Exchange exchange =
            client_.request({.method = "POST",
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
        if (status == 200) return {Kind::answered, std::move(exchange->body), {}, {}};
        return {kind_of(status), {}, "status_" + std::to_string(status), retry_after(*exchange)};
    }

  private:
    static Kind kind_of(unsigned status) {
        if (status == 429 || status == 503) return Kind::busy;
        return status >= 400 && status < 500 && status != 408 ? Kind::refused : Kind::failed;
    }

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
    if (!is_https_url(url))
        return fault(problem::invalid, "A department's address must be an https URL: " + options.url,
                     "部门网关地址须为 https 网址：" + options.url);
    auto client = HttpsClient::make(
        {.ca_file = options.ca_file, .max_answer = options.max_answer, .outbound = options.outbound});
    if (!client) return client.error();
    return std::unique_ptr<DepartmentGateway>(
        std::make_unique<HttpsDepartment>(std::move(*client), std::move(url)));
}

}  // namespace sponsio::client

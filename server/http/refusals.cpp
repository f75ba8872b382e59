#include "server/http/refusals.hpp"

namespace sponsio::http {

Fault too_slow() {
    return fault(problem::timed_out, "The rest of the request did not come in time.",
                 "请求的其余部分未按时到达。");
}

Fault no_such_path() {
    return fault(problem::not_found, "There is no resource under this path.", "该路径下没有资源。");
}

std::string accepted_types(Route const& route) {
    std::string types;
    for (std::string const& type : route.options.accepts)
        types.append(types.empty() ? "" : ", ").append(type);
    return types;
}

Fault other_media_type(Route const& route) {
    std::string const types = accepted_types(route);
    return fault(problem::media_type, "Send the body as " + types + ".", "请以 " + types + " 发送请求正文。");
}

Fault packed_body() {
    return fault(problem::media_type, "Send the body as it is, without a Content-Encoding.",
                 "请直接发送请求正文，不要使用 Content-Encoding。");
}

Fault bare_http() {
    return fault(problem::malformed, "This port speaks HTTPS: ask again with https://.",
                 "此端口只提供 HTTPS 服务，请改用 https://。");
}

Fault too_often(RateLimiter::State const& state) {
    std::string const most = std::to_string(state.rate.quota()), name = state.name();
    std::string const window = std::to_string(Rate::window);
    Fault refused =
        fault(problem::throttled, "At most " + most + " requests in " + window + " seconds (" + name + ").",
              window + " 秒内最多 " + most + " 次请求（" + name + "）。");
    refused.retry_after = state.retry_after;
    return refused;
}

Fault too_many_at_once(std::size_t of_one) {
    std::string const most = std::to_string(of_one);
    return fault(problem::throttled, "At most " + most + " requests of one organisation at a time.",
                 "同一单位同时处理的请求最多 " + most + " 个。");
}

Fault too_much_at_once(std::size_t of_one) {
    std::string const most = std::to_string(of_one >> 20);
    return fault(problem::throttled,
                 "Send and ask for less at a time: one account has " + most + " MiB for bodies and answers.",
                 "请减少同时上传或下载的内容：同一账号共 " + most + " MiB。");
}

}  // namespace sponsio::http

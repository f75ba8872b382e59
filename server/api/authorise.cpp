#include "server/api/authorise.hpp"

#include "server/api/common.hpp"
#include "server/api/session_cookie.hpp"
#include "server/http/headers.hpp"

namespace sponsio::api {

/// The token of "Authorization: Bearer ..." (RFC 6750 §2.1). The session of a browser is none: whoever got
/// hold of one outside its browser has no use for it.
Outcome<std::string_view> bearer_of(Request const& request) {
    auto const header = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (!header || header->size() <= scheme.size() ||
        !http::equal_ignoring_case(header->substr(0, scheme.size()), scheme) ||
        header->substr(scheme.size()).starts_with(service::session_prefix))
        return fault(problem::unauthenticated, "Send your token as \"Authorization: Bearer ...\".",
                     "请以 “Authorization: Bearer …” 提供访问令牌。");
    return header->substr(scheme.size());
}

namespace {

/// A bearer token, or the session that the browser of one of our own pages keeps in its cookie.
Outcome<std::string_view> secret_of(Request const& request) {
    auto const session = session_of(request);
    if (request.header("Authorization") || !session) return bearer_of(request);
    if (!session->starts_with(service::session_prefix) || !comes_from_our_page(request))
        return fault(
            problem::unauthenticated,
            "The session of a browser is taken from this server's own pages only; sign in at /console.",
            "浏览器会话仅供本服务器自身页面使用，请在 /console 登录。");
    return *session;
}

}  // namespace

http::Authorise authorise_with(service::AccessService& access) {
    return [&access](Request& request, std::uint32_t bits) -> awaitable<Outcome<void>> {
        Policy const policy = Policy::from_bits(bits);
        if (policy.open) co_return Outcome<void>{};
        auto const token = secret_of(request);
        if (!token) co_return token.error();
        // No body has been read, so the request has no deadline yet: this lookup gets a short one.
        auto who =
            co_await access.authenticate(*token, std::chrono::steady_clock::now() + std::chrono::seconds(5));
        if (!who) co_return who.error();
        if (auto allowed = domain::permit(policy, **who); !allowed) co_return allowed;
        request.account_id = (*who)->account.text();
        request.organisation_id = (*who)->organisation.text();
        request.attach<domain::Official>(*who);
        co_return Outcome<void>{};
    };
}

}  // namespace sponsio::api

#include "server/api/authorise.hpp"

#include "server/api/common.hpp"
#include "server/http/headers.hpp"

namespace sponsio::api {
namespace {

/// The token of "Authorization: Bearer ..." (RFC 6750 §2.1).
Outcome<std::string_view> bearer_of(Request const& request) {
    auto const header = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (!header || header->size() <= scheme.size() ||
        !http::equal_ignoring_case(header->substr(0, scheme.size()), scheme))
        return fault(problem::unauthenticated, "Send your token as \"Authorization: Bearer ...\".",
                     "请以 “Authorization: Bearer …” 提供访问令牌。");
    return header->substr(scheme.size());
}

}  // namespace

http::Authorise authorise_with(service::AccessService& access) {
    return [&access](Request& request, std::uint32_t bits) -> awaitable<Outcome<void>> {
        Policy const policy = Policy::from_bits(bits);
        if (policy.open) co_return Outcome<void>{};
        auto const token = bearer_of(request);
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

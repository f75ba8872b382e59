#include "server/api/signed_steps.hpp"

#include "server/api/common.hpp"
#include "server/service/unit/step_signature.hpp"

#include <algorithm>

namespace sponsio::api {
namespace {

constexpr std::string_view signed_routes[] = {
    "/v1/verifications/{task_id}/conclusion",
    "/v1/verifications/{task_id}/sign-off",
    "/v1/findings/{finding_id}/review",
    "/v1/findings/{finding_id}/prior-notice/service",
    "/v1/findings/{finding_id}/decision",
    "/v1/findings/{finding_id}/service",
    "/v1/findings/{finding_id}/order/service",
    "/v1/findings/{finding_id}/order/outcome",
    "/v1/findings/{finding_id}/hearing/notice/service",
    "/v1/findings/{finding_id}/hearing/record",
    "/v1/findings/{finding_id}/revocation/decision",
};

/// Takes the signature out of the body and checks it; nothing if there is none to be given.
Outcome<std::shared_ptr<store::StepSignature const>> take_signature(Request& request,
                                                                    service::Vault const& vault,
                                                                    Instant now) {
    std::shared_ptr<store::StepSignature const> none;
    domain::Official const& who = request.attached<domain::Official>();
    auto body = body_of(request);
    JsonObject* members = body ? body->if_object() : nullptr;
    Json const* given = members ? members->find("signature") : nullptr;
    if (!given && !who.signing_key) return none;
    if (!given) return bad_field("/signature", reason::required, service::step_signature_form);
    if (!who.signing_key) return bad_field("/signature", reason::not_allowed_here);
    if (!given->is_string()) return bad_field("/signature", reason::wrong_type, service::step_signature_form);
    std::string const jws = given->as_string();
    members->erase("signature");
    service::SignedStep const step{std::string(request.target.path()), *body};
    auto checked = service::check_signature(who, step, jws, vault, now);
    if (!checked) return checked.error();
    request.body = json::write(*body);
    return std::make_shared<store::StepSignature const>(std::move(*checked));
}

}  // namespace

http::Around signed_steps(service::Vault const& vault, Clock const& clock) {
    return [&vault, &clock](Route const& route, http::Handler handler) -> http::Handler {
        if (route.method != Method::post ||
            std::ranges::find(signed_routes, route.pattern) == std::end(signed_routes))
            return handler;
        return [&vault, &clock, handler = std::move(handler)](Request& request) -> awaitable<Response> {
            auto signature = take_signature(request, vault, clock.now());
            if (!signature) co_return http::problem_response(signature.error(), request);
            if (*signature) request.attach<store::StepSignature>(*signature);
            co_return co_await handler(request);
        };
    };
}

}  // namespace sponsio::api

#include "server/app/wings/assessments.hpp"

#include "crypto/tokens/jws.hpp"
#include "server/api/assessments.hpp"

namespace sponsio::app {
namespace {

constexpr std::string_view type_of_statement = "assessment+jws";

}  // namespace

Assessments::Assessments(Foundation& base, std::function<void()> leaves_waiting)
    : assessments_({.db = base.db,
                    .vault = base.vault,
                    .clock = *base.clock,
                    .sign = [&base](std::string_view payload, Instant now) -> Outcome<std::string> {
                        auto const signer = base.keys->signer(service::purpose::record, now);
                        if (!signer) return signer.error();
                        return crypto::jws_sign(type_of_statement, payload, **signer);
                    },
                    .leaves_waiting = std::move(leaves_waiting)}) {}

void Assessments::add_routes(http::Router& router) {
    router.add(api::assessment_routes(assessments_));
}

}  // namespace sponsio::app

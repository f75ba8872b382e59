#include "server/app/wings/revocations.hpp"

#include "server/api/revocations.hpp"

namespace sponsio::app {

Revocations::Revocations(Foundation& base, service::ReportQueue const& reports,
                         std::function<void()> leaves_waiting)
    : revocations_({{base.ground}, reports, std::move(leaves_waiting)}) {}

void Revocations::add_routes(http::Router& router) {
    router.add(api::revocation_routes(revocations_));
}

}  // namespace sponsio::app

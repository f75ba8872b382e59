#include "server/app/wings/repairs.hpp"

#include "server/api/repairs.hpp"

namespace sponsio::app {

Repairs::Repairs(Foundation& base, service::ReportQueue const& reports, std::function<void()> leaves_waiting)
    : repairs_({base.ground, reports, base.options.issuer, std::move(leaves_waiting)}) {}

void Repairs::add_routes(http::Router& router) {
    router.add(api::repair_routes(repairs_));
}

}  // namespace sponsio::app

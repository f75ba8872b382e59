#include "server/app/wings/objections.hpp"

#include "server/api/objections.hpp"

namespace sponsio::app {

Objections::Objections(Foundation& base, service::ReportQueue const& reports,
                       std::function<void()> leaves_waiting)
    : objections_({base.ground, reports, base.options.issuer, std::move(leaves_waiting)}) {}

void Objections::add_routes(http::Router& router) {
    router.add(api::objection_routes(objections_));
}

}  // namespace sponsio::app

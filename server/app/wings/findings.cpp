#include "server/app/wings/findings.hpp"

#include "server/api/findings.hpp"
#include "server/work/effect.hpp"

namespace sponsio::app {

Findings::Findings(Foundation& base)
    : printer_(base.printer),
      findings_({base.ground, {}, base.options.issuer + "/public/v1/my-case"}),
      rounds_(base.metrics) {}

void Findings::add_routes(http::Router& router) {
    router.add(api::finding_routes(findings_, printer_));
}

void Findings::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "effect", .pause = pause}, work::effect_round(findings_));
}

}  // namespace sponsio::app

#include "server/app/wings/exposures.hpp"

#include "server/api/campaigns.hpp"
#include "server/api/exposures.hpp"

namespace sponsio::app {
namespace {

constexpr int at_once = 100;

service::ExposureParts parts_of(Foundation& base) {
    return {base.ground, base.knowledge.catalogue, base.knowledge.regions};
}

}  // namespace

Exposures::Exposures(Foundation& base)
    : printer_(base.printer),
      intake_(parts_of(base)),
      appointments_(parts_of(base)),
      exposures_(parts_of(base)),
      warnings_(parts_of(base)),
      campaigns_(parts_of(base)),
      rounds_(base.metrics) {}

void Exposures::add_routes(http::Router& router) {
    router.add(api::exposure_intake_routes(intake_, printer_));
    router.add(api::exposure_appointment_routes(appointments_));
    router.add(api::exposure_routes(exposures_));
    router.add(api::campaign_routes(campaigns_));
}

void Exposures::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "exposures", .pause = pause}, [this] {
        return warnings_.round(std::chrono::steady_clock::now() + std::chrono::seconds(30), at_once);
    });
}

}  // namespace sponsio::app

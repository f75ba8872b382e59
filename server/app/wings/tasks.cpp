#include "server/app/wings/tasks.hpp"

#include "server/api/batches.hpp"
#include "server/api/inspections.hpp"
#include "server/api/oversight.hpp"
#include "server/api/verifications.hpp"
#include "server/work/clocks.hpp"

namespace sponsio::app {

Tasks::Tasks(Foundation& base, Draws const& draws)
    : verification_(base.ground),
      oversight_({base.ground, draws.redraw(), draws.reseat()}),
      batches_({base.ground, draws.redraw(), draws.reseat()}),
      absences_(base.ground),
      inspections_(base.ground),
      clocks_(base.ground),
      rounds_(base.metrics) {}

void Tasks::add_routes(http::Router& router) {
    router.add(api::verification_routes(verification_));
    router.add(api::oversight_routes(oversight_));
    router.add(api::batch_routes(batches_));
    router.add(api::absence_routes(absences_));
    router.add(api::inspection_routes(inspections_));
}

void Tasks::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "alarms", .pause = pause}, work::alarm_rounds(clocks_));
    rounds_.run({.name = "open_ends", .pause = pause}, work::open_end_rounds(clocks_));
    rounds_.run({.name = "expiry", .pause = pause}, work::expiry_rounds(clocks_));
}

}  // namespace sponsio::app

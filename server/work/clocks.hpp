#pragma once

#include "server/service/tasks/clock_service.hpp"
#include "server/work/periodic.hpp"

namespace sponsio::work {

/// Rounds for Periodic: alarms of checks that are due, some pages at a time so that a stop waits briefly.
Periodic::Round alarm_rounds(service::ClockService& clocks);

/// The same for commitments whose last day is over.
Periodic::Round expiry_rounds(service::ClockService& clocks);

}  // namespace sponsio::work

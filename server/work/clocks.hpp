#pragma once

#include "server/service/tasks/clock_service.hpp"
#include "server/work/periodic.hpp"

namespace sponsio::work {

/// Rounds for Periodic that raise alarms of verification tasks that are due, a few pages at a time so that
/// stop() waits briefly.
Periodic::Round alarm_rounds(service::ClockService& clocks);

/// Rounds for Periodic that give checks their last day once the calendar of its year is known.
Periodic::Round open_end_rounds(service::ClockService& clocks);

/// Rounds for Periodic that expire commitments whose last day is over, a few pages at a time.
Periodic::Round expiry_rounds(service::ClockService& clocks);

}  // namespace sponsio::work

#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

/// Why a commitment is not taken.
namespace sponsio::service {

Fault stale_notice(int newest);
/// The notice was given by a process whose clock is ahead of this one's: here it is not yet the day.
Fault not_yet_in_force(Date valid_from);
/// Matters are versioned; a key that came back with another body is somebody's mistake.
Fault reused_key();
Fault barred();
/// The code of a commitment begins with its agency's region.
Fault elsewhere(Fault refused);

}  // namespace sponsio::service

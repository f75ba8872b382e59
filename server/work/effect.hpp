#pragma once

#include "server/service/findings/service.hpp"

#include <cstddef>
#include <functional>

namespace sponsio::work {

/// A round for Periodic: open periods get their ends once the calendar covers them, and served findings whose
/// periods for remedies are over take effect. The time is that of the service's Clock. A finding that cannot
/// be moved stays as it is, is logged by its id and tried again later.
std::function<Outcome<std::size_t>()> effect_round(service::FindingService& findings);

}  // namespace sponsio::work

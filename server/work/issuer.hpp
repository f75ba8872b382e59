#pragma once

#include "server/service/records/issue_service.hpp"
#include "server/work/periodic.hpp"

namespace sponsio::work {

/// The rounds of the job that turns effective findings into signed records, for a Periodic. The first one
/// lets refused findings be looked at once more. A round in which something could not be done ends with that
/// fault, after everything else was done, so that the job pauses and the log says why.
Periodic::Round issuing_rounds(service::IssueService& issuing);

}  // namespace sponsio::work

#pragma once

#include "server/service/records/issue_service.hpp"
#include "server/work/periodic.hpp"

namespace sponsio::work {

/// Rounds for Periodic that turn effective findings into signed records. The first round retries the refused
/// findings. A round in which something failed returns that fault after everything else was done, so that the
/// job pauses and the log has the reason.
Periodic::Round issuing_rounds(service::IssueService& issuing);

}  // namespace sponsio::work

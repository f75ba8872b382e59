#pragma once

#include "server/domain/inspection.hpp"
#include "server/domain/rules.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/tasks/check_steps.hpp"
#include "server/service/unit/request.hpp"
#include "server/store/inspections.hpp"

/// On-site checks of enterprises (domain/inspection.hpp), as steps of their tasks.
namespace sponsio::service {

RequestLabels labels_of(InspectionId id);

/// Asks for a visit. One that was approved for another day is called off. Only the lead asks, and only where
/// an on-site check of an enterprise needs it (rule check.enterprise.approval).
Outcome<domain::Json> request_inspection(TaskCase& check, Ground const& ground, domain::Official const& who,
                                         domain::InspectionRequest const& request);
/// Another person decides. An approved one has its check code, and counts against the cap of its year.
Outcome<void> decide_inspection(TaskCase& check, Ground const& ground, domain::Official const& who,
                                domain::InspectionDecision const& decision);

/// Before a conclusion is written: an on-site check of an enterprise ends with what a visit showed only if
/// that visit was approved before, and carries it out. Ended as not verifiable, one that waits or is
/// approved is called off.
Outcome<void> settle_inspection(TaskCase& check, domain::Rules const& rules, domain::Official const& who,
                                Conclusion const& conclusion);

}  // namespace sponsio::service

#pragma once

#include "server/domain/repair.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/store/repairs.hpp"

#include <vector>

namespace sponsio::service {

/// A condition that does not hold, in words, with the rule that sets it.
struct UnmetCondition {
    domain::RepairGap gap;
    Bilingual text;
};

/// All conditions of a repair that do not hold at that time, from the facts: the record and its finding, the
/// files, the bars (docs/law.md I3, I4).
Outcome<std::vector<UnmetCondition>> unmet_conditions(db::PgSession& db, Ground const& ground,
                                                      FactReader const& facts, store::RepairRow const& row,
                                                      Instant now);
/// [{gap, text}]
domain::Json conditions_view(std::vector<UnmetCondition> const& unmet);
/// The refusal that tells all of them.
Fault refused_for(std::vector<UnmetCondition> const& unmet);

}  // namespace sponsio::service

#pragma once

#include "server/domain/access.hpp"
#include "server/domain/draw.hpp"
#include "server/service/matters/cache.hpp"

#include <string>

namespace sponsio::service {

/// Turns a request into a plan: looks up what it names and holds it to the matters' policies and the rule
/// pack.
class DrawPlanner {
  public:
    DrawPlanner(domain::Rules const& rules, MatterCache& matters) : rules_(&rules), matters_(&matters) {}

    /// Refused with pointers: matters that are not of the caller's tree or stand in two strata, unknown
    /// units, too few inspectors for a matter's policy; ratio_out_of_bounds, empty_pool, too_few_inspectors.
    Outcome<domain::DrawPlan> plan(db::PgSession& db, domain::Official const& who,
                                   domain::DrawRequest const& request, Instant now) const;

  private:
    struct Looking;

    domain::Rules const* rules_;
    MatterCache* matters_;
};

}  // namespace sponsio::service

#pragma once

#include "server/domain/access.hpp"
#include "server/domain/draw.hpp"
#include "server/service/matters/cache.hpp"

#include <string>

namespace sponsio::service {

/// Turns a request into a plan: resolves its names, checks it against policies and rule pack.
class DrawPlanner {
  public:
    DrawPlanner(domain::Rules const& rules, MatterCache& matters) : rules_(&rules), matters_(&matters) {}

    /// Refused with pointers: matters outside the caller's tree or in two strata, unknown units, too few
    /// inspectors for a matter's policy; also ratio_out_of_bounds, empty_pool and too_few_inspectors.
    Outcome<domain::DrawPlan> plan(db::PgSession& db, domain::Official const& who,
                                   domain::DrawRequest const& request, Instant now) const;

  private:
    struct Looking;

    domain::Rules const* rules_;
    MatterCache* matters_;
};

}  // namespace sponsio::service

#pragma once

#include "crypto/log/note.hpp"
#include "server/domain/access.hpp"
#include "server/domain/draw.hpp"
#include "server/service/matters/cache.hpp"
#include "server/service/unit/vault.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace sponsio::service {

/// Turns a request into a plan: resolves its names, checks it against policies and rule pack.
class DrawPlanner {
  public:
    /// The keys of the public beacons that draws may promise, by their sources.
    using Beacons = std::map<std::string, crypto::NoteVerifier, std::less<>>;

    DrawPlanner(Vault const& vault, domain::Rules const& rules, MatterCache& matters, Beacons beacons)
        : vault_(&vault), rules_(&rules), matters_(&matters), beacons_(std::move(beacons)) {}

    /// Refused with pointers: matters outside the caller's tree or in two strata, unknown units or beacons,
    /// too few inspectors for a matter's policy; also ratio_out_of_bounds, empty_pool and too_few_inspectors.
    Outcome<domain::DrawPlan> plan(db::PgSession& db, domain::Official const& who,
                                   domain::DrawRequest const& request, Instant now) const;

  private:
    struct Looking;

    Vault const* vault_;
    domain::Rules const* rules_;
    MatterCache* matters_;
    Beacons beacons_;
};

}  // namespace sponsio::service

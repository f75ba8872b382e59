#pragma once

#include "server/domain/catalogue.hpp"
#include "server/domain/region.hpp"
#include "server/service/matters/ground.hpp"

namespace sponsio::service {

/// What the services about demanded proofs stand on. Everything referred to outlives who holds this.
struct ExposureParts : Ground {
    domain::Catalogue const& catalogue;
    domain::Regions const& regions;
};

}  // namespace sponsio::service

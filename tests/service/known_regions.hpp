#pragma once

#include "server/domain/region.hpp"

namespace sponsio::testing {

/// Those that the program carries, read once.
inline domain::Regions const& known_regions() {
    static domain::Regions const regions = domain::Regions::from_resources().value();
    return regions;
}

}  // namespace sponsio::testing

#pragma once

#include "server/service/exposures/parts.hpp"
#include "server/service/unit/async.hpp"

namespace sponsio::service {

/// Warns units that were ordered to correct and did not in time: yellow, then red (docs/exposure.md). A clock
/// moves them and nobody else.
class ExposureWarnings {
  public:
    explicit ExposureWarnings(ExposureParts parts) : parts_(parts) {}

    /// Those whose period is over now, at most so many: how many were warned.
    Outcome<std::size_t> round(Deadline deadline, int at_most);

  private:
    ExposureParts parts_;
};

}  // namespace sponsio::service

#pragma once

#include "server/domain/access.hpp"
#include "server/domain/inspection.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/transaction.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace sponsio::service {

/// What a unit publishes of its inspections of enterprises: their yearly cap, and each approved one under its
/// check code. How one is asked for and decided: OversightService.
class InspectionService {
  public:
    explicit InspectionService(Ground const& ground) : ground_(ground) {}

    /// The cap of the caller's unit; of several of one year the last counts.
    Async<Created> publish_cap(Caller<domain::Official> const& caller, RequestOnce once,
                               domain::InspectionCap cap);
    Async<domain::Json> caps(Caller<domain::Official> const& caller);

    /// What everybody may read who has the code: who inspects, for what, when, and the unit's cap.
    /// problem::not_found for a code that was never given out.
    Async<domain::Json> look_up(std::string typed, Deadline deadline);

  private:
    Ground ground_;
};

}  // namespace sponsio::service

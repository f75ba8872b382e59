#pragma once

#include "server/db/executor.hpp"
#include "server/service/erasure/steps.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"

#include <functional>

namespace sponsio::service {

/// Erasures over the API, where a second person decides about what the operator asked for.
class ErasureService {
  public:
    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        Clock const& clock;
        std::function<void()> erased;  ///< rows that are remembered have changed, and a leaf waits
    };

    explicit ErasureService(Parts parts) : parts_(std::move(parts)) {}

    /// Of commitments that organisations in reach accepted.
    Async<Page> list(Caller<Official> const& caller, std::optional<ErasureId> after, int limit);
    /// Erases at once. Fault: wrong_step if it was decided, conflict while something in the case is open.
    Async<domain::Json> confirm(Caller<Official> const& caller, ErasureId id);
    Async<domain::Json> refuse(Caller<Official> const& caller, ErasureId id);

  private:
    template <class Act>
    Async<domain::Json> on_erasure(Caller<Official> const& caller, ErasureId id, Act act);

    Parts parts_;
};

}  // namespace sponsio::service

#pragma once

#include "server/service/tasks/clue_steps.hpp"
#include "server/service/tasks/oversight_steps.hpp"
#include "server/service/unit/async.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

/// What is decided about the checks of a unit by others than those who make them: that one is begun on a
/// clue, that an inspector is recused or replaced, that an ended check goes on. Another unit's task is not
/// there for the caller.
class OversightService {
  public:
    explicit OversightService(OversightParts parts) : parts_(std::move(parts)) {}

    Async<Created> open_on_clue(Caller<Official> const& caller, RequestOnce once, Clue clue);

    Async<Created> request_recusal(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                   RecusalRequest request);
    /// By neither the inspector nor who asked (problem::same_person). If granted their seat is filled by
    /// chance, or empty.
    Async<domain::Json> decide_recusal(Caller<Official> const& caller, TaskId id, RecusalId recusal,
                                       RecusalDecision decision);

    Async<Created> request_reopening(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                     ReopeningRequest request);
    /// By another than who asked, and only with new evidence and without a live finding.
    Async<domain::Json> decide_reopening(Caller<Official> const& caller, TaskId id,
                                         ReopeningDecision decision);

    Async<domain::Json> reassign(Caller<Official> const& caller, TaskId id, Reassignment wish);

  private:
    template <class Act>
    Async<domain::Json> on_task(Caller<Official> const& caller, TaskId id, Act act);
    template <class Ask>
    Async<Created> once_on_task(Caller<Official> const& caller, RequestOnce once, TaskId id, Ask ask);

    OversightParts parts_;
};

}  // namespace sponsio::service

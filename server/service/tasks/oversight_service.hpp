#pragma once

#include "server/service/tasks/clue_steps.hpp"
#include "server/service/tasks/inspection.hpp"
#include "server/service/tasks/oversight_steps.hpp"
#include "server/service/unit/async.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

/// Decisions about a unit's tasks by people other than their inspectors: to begin one on a clue, to recuse or
/// replace an inspector, to reopen a closed task. Another unit's task does not exist for the caller.
class OversightService {
  public:
    explicit OversightService(OversightParts parts) : parts_(std::move(parts)) {}

    Async<Created> open_on_clue(Caller<Official> const& caller, RequestOnce once, Clue clue);

    Async<Created> request_recusal(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                   RecusalRequest request);
    /// Neither the inspector nor the requester may decide (problem::same_person). If granted, the seat is
    /// filled by chance or stays empty.
    Async<domain::Json> decide_recusal(Caller<Official> const& caller, TaskId id, RecusalId recusal,
                                       RecusalDecision decision);

    Async<Created> request_reopening(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                     ReopeningRequest request);
    /// Another person than the requester decides, and approval needs new evidence and no live finding.
    Async<domain::Json> decide_reopening(Caller<Official> const& caller, TaskId id,
                                         ReopeningDecision decision);

    /// Asks that the conclusion of a task that is not closed be taken back.
    Async<Created> request_retraction(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                      RetractionRequest request);
    /// Somebody of the unit decides who neither asked nor concluded (problem::same_person).
    Async<domain::Json> decide_retraction(Caller<Official> const& caller, TaskId id,
                                          RetractionDecision decision);

    /// Asks that an on-site check of an enterprise be approved.
    Async<Created> request_inspection(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                      domain::InspectionRequest request);
    /// Somebody of the unit decides who did not ask (problem::same_person), within the yearly cap.
    Async<domain::Json> decide_inspection(Caller<Official> const& caller, TaskId id,
                                          domain::InspectionDecision decision);

    Async<domain::Json> reassign(Caller<Official> const& caller, TaskId id, Reassignment wish);

  private:
    template <class Act>
    Async<domain::Json> on_task(Caller<Official> const& caller, TaskId id, Act act);
    template <class Ask>
    Async<Created> once_on_task(Caller<Official> const& caller, RequestOnce once, TaskId id, Ask ask);

    OversightParts parts_;
};

}  // namespace sponsio::service

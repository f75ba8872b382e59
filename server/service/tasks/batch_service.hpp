#pragma once

#include "server/service/tasks/batch.hpp"
#include "server/service/unit/async.hpp"

#include <functional>
#include <span>

namespace sponsio::service {

/// How a refusal is told to the caller: its problem document. It outlives the request.
using TellRefusal = std::function<domain::Json(Fault const&)>;

/// Steps of up to `most_at_once` tasks in one transaction, once per Idempotency-Key. The answer has an
/// outcome for each: {items: [{task_id, status, task or problem}], done, refused}. What is asked for as a
/// whole is done as a whole or not at all.
class BatchService {
  public:
    explicit BatchService(OversightParts parts) : parts_(std::move(parts)) {}

    Async<Created> claim(Caller<Official> const& caller, RequestOnce once, TaskClaims wish, TellRefusal tell);
    Async<Created> close(Caller<Official> const& caller, RequestOnce once, TaskClosures wish,
                         TellRefusal tell);
    /// Of a unit's person by its supervisor, of one's own by everybody. The answer also tells how many
    /// `remaining` tasks that person has.
    Async<Created> hand_over(Caller<Official> const& caller, RequestOnce once, HandOver wish,
                             TellRefusal tell);

  private:
    struct Report;
    template <class Fill>
    Async<Created> once_for_all(Caller<Official> const& caller, RequestOnce once, TellRefusal tell,
                                bool all_or_none, Fill fill);

    OversightParts parts_;
};

}  // namespace sponsio::service

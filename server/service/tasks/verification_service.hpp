#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/tasks/check_steps.hpp"
#include "server/service/tasks/evidence.hpp"
#include "server/service/tasks/queue.hpp"
#include "server/service/unit/async.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace sponsio::service {

/// The checks of a verifying unit: who takes which, what they find, and the files that show it. Another
/// unit's task is not there for the caller. The commitment moves in the transaction of the step that moves
/// it.
class VerificationService {
  public:
    explicit VerificationService(Ground const& ground) : ground_(ground) {}

    /// Earliest due first.
    Async<Page> list(Caller<Official> const& caller, QueueFilter question);
    Async<domain::Json> task(Caller<Official> const& caller, TaskId id);

    /// The first empty seat: the lead's, or another's where more than one is needed. Refused with
    /// problem::same_person for who filed the commitment, with problem::forbidden where chance fills the
    /// seats.
    Async<domain::Json> claim(Caller<Official> const& caller, TaskId id);
    Async<domain::Json> hand_back(Caller<Official> const& caller, TaskId id);
    Async<domain::Json> start(Caller<Official> const& caller, TaskId id);
    Async<domain::Json> conclude(Caller<Official> const& caller, TaskId id, Conclusion conclusion);
    Async<domain::Json> sign_off(Caller<Official> const& caller, TaskId id, SignOff said);
    /// problem::sign_off_missing until every other inspector has signed off.
    Async<domain::Json> close(Caller<Official> const& caller, TaskId id);

    /// Only by the inspectors, while the check is going on or is to be opened again.
    Async<Created> add_evidence(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                EvidenceUpload upload);
    Async<EvidenceDownload> evidence(Caller<Official> const& caller, TaskId task, EvidenceId id);

  private:
    template <class Act>
    Async<domain::Json> on_task(Caller<Official> const& caller, TaskId id, Act act);

    Ground ground_;
};

}  // namespace sponsio::service

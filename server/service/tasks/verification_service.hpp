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

/// The tasks of a verifying unit, taken, carried out and concluded by its inspectors, with their evidence.
/// Another unit's task does not exist for the caller. The commitment moves in the transaction of the step.
class VerificationService {
  public:
    explicit VerificationService(Ground const& ground) : ground_(ground) {}

    /// Where the bytes of a new piece of evidence go as they arrive.
    [[nodiscard]] std::shared_ptr<EvidenceIntake> take_in() const;

    /// The tasks, earliest due first.
    Async<Page> list(Caller<Official> const& caller, QueueFilter question);
    Async<domain::Json> task(Caller<Official> const& caller, TaskId id);

    /// Takes the first empty seat: the lead's, or another's if the task needs several. Refused with
    /// problem::same_person for the filer of the commitment, with
    /// problem::forbidden if chance fills the seats.
    Async<domain::Json> claim(Caller<Official> const& caller, TaskId id);
    Async<domain::Json> hand_back(Caller<Official> const& caller, TaskId id);
    Async<domain::Json> start(Caller<Official> const& caller, TaskId id);
    Async<domain::Json> conclude(Caller<Official> const& caller, TaskId id, Conclusion conclusion);
    Async<domain::Json> sign_off(Caller<Official> const& caller, TaskId id, SignOff said);
    /// Fault: problem::sign_off_missing until every other inspector has signed off.
    Async<domain::Json> close(Caller<Official> const& caller, TaskId id);

    /// expects_evidence().
    Async<void> expects_evidence(Caller<Official> const& caller, TaskId id);
    /// Only inspectors may add evidence, while the task is running or is to be reopened.
    Async<Created> add_evidence(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                EvidenceUpload upload);
    Async<EvidenceDownload> evidence(Caller<Official> const& caller, TaskId task, EvidenceId id);
    /// One chunk of a file that the caller may have.
    Async<std::string> evidence_part(Deadline deadline, std::shared_ptr<EvidenceDownload const> file,
                                     std::int32_t number);
    /// The wrong file stays on record and no longer counts.
    Async<domain::Json> exclude_evidence(Caller<Official> const& caller, TaskId task, EvidenceId id,
                                         Exclusion exclusion);

  private:
    template <class Act>
    Async<domain::Json> on_task(Caller<Official> const& caller, TaskId id, Act act);

    Ground ground_;
};

}  // namespace sponsio::service

#pragma once

#include "server/db/executor.hpp"
#include "server/service/check_steps.hpp"
#include "server/service/task_evidence.hpp"
#include "server/service/task_queue.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace sponsio::service {

/// The checks of a verifying unit: who takes which, what they find, and the files that show it. Another
/// unit's task is not there for the caller. The commitment moves in the transaction of the step that moves
/// it.
class VerificationService {
  public:
    template <class T>
    using Answer = boost::asio::awaitable<Outcome<T>>;

    VerificationService(db::DbExecutor& db, Vault const& vault, MatterBook& matters, Clock const& clock)
        : db_(db), vault_(vault), matters_(matters), clock_(clock) {}

    /// Earliest due first.
    Answer<std::vector<domain::Json>> list(Caller const& caller, QueueQuestion question);
    Answer<domain::Json> task(Caller const& caller, TaskId id);

    /// The first empty seat: the lead's, or another's where more than one is needed. Refused with
    /// problem::same_person for who filed the commitment, with problem::forbidden where chance fills the
    /// seats.
    Answer<domain::Json> claim(Caller const& caller, TaskId id);
    Answer<domain::Json> hand_back(Caller const& caller, TaskId id);
    Answer<domain::Json> start(Caller const& caller, TaskId id);
    Answer<domain::Json> conclude(Caller const& caller, TaskId id, Conclusion conclusion);
    Answer<domain::Json> sign_off(Caller const& caller, TaskId id, SignOff said);
    /// problem::sign_off_missing until every other inspector has signed off.
    Answer<domain::Json> close(Caller const& caller, TaskId id);

    /// Only by the inspectors, while the check is going on or is to be opened again.
    Answer<Created> add_evidence(Caller const& caller, RequestOnce once, TaskId id, EvidenceUpload upload);
    Answer<EvidenceDownload> evidence(Caller const& caller, TaskId task, EvidenceId id);

  private:
    template <class Act>
    Answer<domain::Json> on_task(Caller const& caller, TaskId id, Act act);

    db::DbExecutor& db_;
    Vault const& vault_;
    MatterBook& matters_;
    Clock const& clock_;
};

}  // namespace sponsio::service

#pragma once

#include "server/db/executor.hpp"
#include "server/domain/finding.hpp"
#include "server/service/commitment_steps.hpp"
#include "server/store/evidence.hpp"
#include "server/store/tasks.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// What a check found.
struct Conclusion {
    domain::CheckResult result;
    Date checked_on;
    std::string summary;

    static Conclusion read(domain::Fields& fields);
};

/// A file on its way in.
struct EvidenceUpload {
    domain::EvidenceKind kind;
    std::string name;
    std::string content_type;
    std::string bytes;
};

/// A file as it was added.
struct EvidenceDownload {
    std::string name;
    std::string content_type;
    std::string bytes;
};

struct QueueQuestion {
    bool mine = false;
    std::optional<domain::TaskState> state;  ///< nothing: all that are open
    std::optional<Date> due_before;          ///< last day before this one
    std::string after;                       ///< queue_key() of the last task seen; empty: from the start
    int limit = 50;
};

inline constexpr std::size_t max_evidence_bytes = std::size_t{8} << 20;
inline constexpr std::size_t max_evidence_pieces = 200;

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

    /// Refused with problem::same_person for who filed the commitment.
    Answer<domain::Json> claim(Caller const& caller, TaskId id);
    Answer<domain::Json> hand_back(Caller const& caller, TaskId id);
    Answer<domain::Json> start(Caller const& caller, TaskId id);
    Answer<domain::Json> conclude(Caller const& caller, TaskId id, Conclusion conclusion);
    Answer<domain::Json> close(Caller const& caller, TaskId id);

    /// Only by who holds the task, while the check is going on.
    Answer<Created> add_evidence(Caller const& caller, RequestOnce once, TaskId id, EvidenceUpload upload);
    /// problem::internal if the bytes no longer have the digest they came with.
    Answer<EvidenceDownload> evidence(Caller const& caller, TaskId task, EvidenceId id);

    /// What a list goes on from: due_at and task_id of one of its items.
    static std::string queue_key(domain::Json const& item);

  private:
    struct Step;

    template <class Act>
    Answer<domain::Json> on_task(Caller const& caller, TaskId id, Act act);
    Outcome<Made> keep_evidence(db::PgSession& db, domain::Principal const& who, TaskId id,
                                EvidenceUpload const& upload) const;
    Outcome<domain::Json> view(db::PgSession& db, store::TaskRow const& task) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    MatterBook& matters_;
    Clock const& clock_;
};

}  // namespace sponsio::service

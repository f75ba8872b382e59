#pragma once

#include "server/domain/finding.hpp"
#include "server/service/departments/inquiry_service.hpp"
#include "server/store/assist.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The effects of inquiries and tickets on their task. Every function runs inside the caller's transaction,
/// on a task that it has locked.
namespace sponsio::service {

/// Whether an answer can still be of use to the task.
[[nodiscard]] bool takes_answers(store::TaskRow const& task);

/// The question to a department about a commitment. Fault: problem::gone if its key was destroyed.
Outcome<domain::InquiryContent> question_about(db::PgSession& db, Ground const& ground, InquiryId id,
                                               std::string const& department,
                                               std::string const& commitment_code, std::string const& issuer);

struct AnswerFile {
    domain::EvidenceKind kind;
    std::string name;
    std::string content_type;
    std::string bytes;
};

/// Stores an answer as a piece of evidence. `by` is nobody for a machine.
EvidenceId keep_answer(db::PgSession& db, Vault const& vault, TaskId task, AnswerFile const& file,
                       std::optional<AccountId> by, Instant now);

/// Adds the answer to the queue's reasons and ends the reasons that it settles.
void note_answer(db::PgSession& db, TaskId task, domain::InquiryAnswer answer, Instant now);

/// Closes a new task as consistent and fulfils its commitment, if the matter lets a match do so. Returns
/// whether it did.
Outcome<bool> close_on_match(db::PgSession& db, Ground const& ground, store::TaskRow& task, Instant now);

/// Records an event of assistance on the task: a running task waits, or goes on. With `stays` it is only
/// recorded, since the task waits for something else or for nothing.
Outcome<void> move_on_assist(db::PgSession& db, store::TaskRow& task, domain::TaskEvent event,
                             std::optional<AccountId> actor, std::optional<std::string> const& rule,
                             bool stays, Instant now);

/// The due time of a ticket: as agreed with the department, else by the rule pack of the asking unit's
/// region. The end is missing while no calendar covers it.
struct TicketTime {
    std::optional<Instant> due_at;
    std::string rule;  ///< clock text
};

Outcome<TicketTime> ticket_time(Ground const& ground, Department const* department, std::string const& region,
                                Instant asked_at);

}  // namespace sponsio::service

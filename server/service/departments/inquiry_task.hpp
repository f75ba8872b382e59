#pragma once

#include "server/domain/finding.hpp"
#include "server/service/departments/inquiry_service.hpp"
#include "server/store/assist.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What questions and tickets do to the task they are about. Every function runs inside the caller's
/// transaction, on a task that it has locked.
namespace sponsio::service {

/// Whether what somebody says can still be of use to the check.
[[nodiscard]] bool takes_answers(store::TaskRow const& task);

/// The question about a commitment as it goes to a department. problem::gone if its key was destroyed.
Outcome<domain::InquiryContent> question_about(db::PgSession& db, Ground const& ground, InquiryId id,
                                               std::string const& department,
                                               std::string const& commitment_code, std::string const& issuer);

struct AnswerFile {
    domain::EvidenceKind kind;
    std::string name;
    std::string content_type;
    std::string bytes;
};

/// Keeps what came back as a piece of evidence. `by` is nobody for a machine.
EvidenceId keep_answer(db::PgSession& db, Vault const& vault, TaskId task, AnswerFile const& file,
                       std::optional<AccountId> by, Instant now);

/// Puts the answer into the queue's reasons and ends those it settles.
void note_answer(db::PgSession& db, TaskId task, domain::InquiryAnswer answer, Instant now);

/// Ends a new task as consistent and fulfils its commitment, if the matter lets a match do so. True if it
/// did.
Outcome<bool> close_on_match(db::PgSession& db, Ground const& ground, store::TaskRow& task, Instant now);

/// An event of assistance on the task: a check that is going on waits, or goes on. `stays`: it is only put on
/// record, since the task waits for something else or for nothing.
Outcome<void> move_on_assist(db::PgSession& db, store::TaskRow& task, domain::TaskEvent event,
                             std::optional<AccountId> actor, std::optional<std::string> const& rule,
                             bool stays, Instant now);

/// When a ticket is to be answered: by what was agreed with the department, else by the rule pack of the
/// asking unit's region. The end is missing while no calendar knows it.
struct TicketTime {
    std::optional<Instant> due_at;
    std::string rule;  ///< clock text
};

Outcome<TicketTime> ticket_time(Ground const& ground, Department const* department, std::string const& region,
                                Instant asked_at);

}  // namespace sponsio::service

#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "server/domain/inquiry_lifecycle.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Inquiries to departments about tasks. Personal data in them is sealed.
namespace sponsio::store {

struct InquiryRow {
    std::int16_t shard;  ///< of the commitment
    InquiryId id;        ///< the jti of the question
    TaskId task;
    std::string commitment_code;
    OrganisationId organisation;  ///< the verifying unit
    std::string region;           ///< of that unit
    std::string department;
    Instant created_at;
    domain::InquiryState state = domain::InquiryState::queued;
    int attempts = 0;
    Instant next_try_at;
    std::optional<Instant> wait_until{};     ///< first instant after the last day; nothing: not counted yet
    std::optional<std::string> wait_rule{};  ///< clock text
    std::optional<Instant> first_asked_at{};
    std::optional<Instant> asked_at{};
    std::optional<std::string> last_error{};
    std::optional<SealedColumns> question{};  ///< JSON of domain::InquiryContent
    std::optional<domain::InquiryAnswer> answer{};
    std::optional<std::vector<std::uint8_t>> reply{};  ///< the signed answer, under the key of the question
    std::optional<Instant> answered_at{};
    std::optional<EvidenceId> evidence{};
};

/// The seal labels (Vault) of a question and of its answer.
std::string question_label(InquiryId id);
std::string reply_label(InquiryId id);

struct NewInquiry {
    InquiryId id;
    TaskId task;
    std::string commitment_code;
    OrganisationId organisation;
    std::string department;
};

/// Queues inquiries, with their events. The overload with a pipeline is for a transaction that files many.
void queue_inquiries(db::Pipeline& pipeline, std::span<NewInquiry const> checks, std::int16_t shard,
                     Instant now);
void queue_inquiries(db::PgSession& db, std::span<NewInquiry const> checks, std::int16_t shard, Instant now);

/// The next inquiry to a department that is due, locked, passing over inquiries that others hold.
std::optional<InquiryRow> lock_due_inquiry(db::PgSession& db, std::string const& department, Instant now);
/// Stores the inquiry before its question is signed. Sets the time of the first sending unless it is set.
void take_into_asking(db::PgSession& db, InquiryRow const& row, Instant now, Instant lease_until);
/// The inquiry, locked, if `attempt` is still its last attempt.
std::optional<InquiryRow> lock_asking(db::PgSession& db, InquiryId id, int attempt);
void put_back(db::PgSession& db, InquiryRow const& row, Instant next_try, std::string_view why);
/// Whether this department has used that jti for the answer to another question.
bool reply_known(db::PgSession& db, std::string const& department, Uuid const& reply, InquiryId question);
/// Writes state, answer, reply, answered_at and evidence.
void set_answer(db::PgSession& db, InquiryRow const& row, Uuid const& reply);
/// Ends an inquiry without an answer: given up or dropped.
void end_inquiry(db::PgSession& db, InquiryRow const& row, domain::InquiryState state);

/// Inquiries whose waiting time is not computed yet, oldest first, locked.
std::vector<InquiryRow> lock_uncounted(db::PgSession& db, std::string const& department, int limit);
void set_wait(db::PgSession& db, InquiryRow const& row, Instant until, std::string const& rule);
/// An inquiry that waited too long, locked; one that was never sent only if `untried` is set.
std::optional<InquiryRow> lock_late_inquiry(db::PgSession& db, std::string const& department, Instant now,
                                            bool untried);

/// The inquiries of a task, or those of a unit after `after`, in the order in which they were made.
struct InquiryList {
    OrganisationId organisation;
    std::optional<TaskId> task{};
    std::optional<std::pair<Instant, InquiryId>> after{};
    int limit = 50;
};

std::vector<InquiryRow> checks_in(db::PgSession& db, InquiryList const& list);

}  // namespace sponsio::store

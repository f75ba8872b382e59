#pragma once

#include "server/service/departments/inquiry_task.hpp"

#include <optional>
#include <string>

/// Making tickets.
namespace sponsio::service {

/// What a ticket is made from.
struct TicketToOpen {
    std::optional<InquiryId> check{};  ///< nothing: by hand
    OrganisationId unit;               ///< who is to answer
    Department const* department = nullptr;
    std::string region;  ///< of the asking unit
    std::optional<AccountId> asked_by{};
    domain::Json question;
};

/// Asks a person: stores the ticket with its clock, moves the task by assist_sent, puts it into the queue's
/// reasons.
Outcome<store::TicketRow> open_ticket(db::PgSession& db, Ground const& ground, TicketToOpen const& wanted,
                                      store::TaskRow& task, Instant now);

/// Asks a person at the department's unit what no machine answered. The department may have no such unit, or
/// none that is known here: then the task's own reason stands, and its verifiers see to it.
Outcome<void> ask_person(db::PgSession& db, Ground const& ground, Department const& department,
                         store::InquiryRow const& check, store::TaskRow& task, std::string const& issuer,
                         Instant now);

/// What is asked, as a ticket keeps it: of the content, what a person needs; and the asker's own words.
domain::Json ticket_question(domain::InquiryContent const& content, std::optional<std::string> const& words);

}  // namespace sponsio::service

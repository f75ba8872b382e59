#pragma once

#include "server/service/departments/inquiry_task.hpp"

#include <optional>
#include <string>

/// Opening of tickets.
namespace sponsio::service {

/// The parameters of a new ticket.
struct TicketToOpen {
    std::optional<InquiryId> check{};  ///< nothing: by hand
    OrganisationId unit;               ///< who is to answer
    Department const* department = nullptr;
    std::string region;  ///< of the asking unit
    std::optional<AccountId> asked_by{};
    domain::Json question;
};

/// Asks a person: stores the ticket with its clock, moves the task by assist_sent, adds the queue reason.
Outcome<store::TicketRow> open_ticket(db::PgSession& db, Ground const& ground, TicketToOpen const& wanted,
                                      store::TaskRow& task, Instant now);

/// Asks a person at the department's unit after the machine gave no answer. If the department has no such
/// unit, or none known here, the task's own reason remains, and its verifiers attend to it.
Outcome<void> ask_person(db::PgSession& db, Ground const& ground, Department const& department,
                         store::InquiryRow const& check, store::TaskRow& task, std::string const& issuer,
                         Instant now);

/// The question as a ticket stores it: the content that a person needs, and the asker's own words.
domain::Json ticket_question(domain::InquiryContent const& content, std::optional<std::string> const& words);

}  // namespace sponsio::service

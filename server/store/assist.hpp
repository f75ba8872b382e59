#pragma once

#include "server/db/session.hpp"
#include "server/domain/inquiry_lifecycle.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Tickets: requests for assistance (协查) to a person at another unit.
namespace sponsio::store {

struct TicketRow {
    TicketId id;
    std::int16_t shard;  ///< of the commitment
    TaskId task;
    std::optional<InquiryId> check;  ///< it goes on from; nothing: sent by hand
    OrganisationId organisation;     ///< the verifying unit
    OrganisationId unit;             ///< who is to answer
    std::optional<std::string> department{};
    std::optional<AccountId> asked_by{};
    SealedColumns question;  ///< JSON
    Instant asked_at;
    std::optional<Instant> due_at{};  ///< nothing while no calendar knows it
    std::string rule;                 ///< clock text
    domain::TicketState state = domain::TicketState::open;
    std::optional<domain::InquiryAnswer> answer{};
    std::optional<std::vector<std::uint8_t>> reply{};  ///< JSON {note, document_ref} under the same data key
    std::optional<AccountId> answered_by{};
    std::optional<Instant> answered_at{};
    std::optional<EvidenceId> evidence{};
};

std::string ticket_label(TicketId id);
std::string ticket_reply_label(TicketId id);

void insert(db::PgSession& db, TicketRow const& row);
std::optional<TicketRow> ticket_by_id(db::PgSession& db, TicketId id);
std::optional<TicketRow> lock_ticket(db::PgSession& db, TicketId id);
/// Writes due_at, rule, state and the answer.
void update(db::PgSession& db, TicketRow const& row);

/// An open ticket whose time is over, locked, passing over tickets that others hold.
std::optional<TicketRow> lock_due_ticket(db::PgSession& db, Instant now);
/// An open ticket whose task has ended, locked, passing over tickets that others hold.
std::optional<TicketRow> lock_idle_ticket(db::PgSession& db);
/// Open tickets without a due time, oldest first, locked, passing over tickets that others hold.
std::vector<TicketRow> lock_endless_tickets(db::PgSession& db, int limit);

struct TicketList {
    OrganisationId organisation;
    bool asked_of = true;  ///< the tickets that it must answer; else those that it sent
    std::optional<domain::TicketState> state{};
    std::optional<std::pair<Instant, TicketId>> after{};
    int limit = 50;
};

/// The tickets, by (asked_at, ticket_id).
std::vector<TicketRow> tickets_in(db::PgSession& db, TicketList const& list);

}  // namespace sponsio::store

#pragma once

#include "server/db/session.hpp"
#include "server/domain/removal.hpp"
#include "server/store/columns.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Who got which record, and the removals that each of them confirms.
namespace sponsio::store {

// --------------------------------------------------------------------------------------------------- holders
/// Those of these records of which it is not known yet that the organisation got them.
std::vector<RecordId> records_not_held(db::PgSession& db, OrganisationId organisation,
                                       std::vector<RecordId> const& records);
/// Keeps that the organisation gets them, and puts it among the receivers of removals that are open. Waits
/// for whoever is changing the status of one of them, so that no removal misses a receiver.
void add_holder(db::PgSession& db, OrganisationId organisation, std::vector<RecordId> const& records,
                Instant now);

// -------------------------------------------------------------------------------------------------- removals
struct RemovalRow {
    RemovalId id;
    RecordId record;
    OrganisationId organisation;  ///< the identifying unit
    domain::RemovalMeasure measure;
    std::string why;  ///< a word or the number of a decision, never personal text
    Instant ordered_at;
    std::optional<Instant> due_at{};      ///< first instant after the last day
    std::optional<std::string> rule{};    ///< clock text; nothing until the round has counted
    std::int32_t messages = 0;            ///< that its receivers were sent
    std::optional<Instant> message_at{};  ///< when the last one was queued
    domain::RemovalState state = domain::RemovalState::ordered;
    std::optional<Instant> ended_at{};
};

/// With those who got the record as its receivers. False, and nothing is stored, while one of the same
/// measure is open, or if it was to be erased before.
bool insert(db::PgSession& db, RemovalRow const& row);
/// Stores due_at, rule, messages, message_at, state and ended_at.
void update(db::PgSession& db, RemovalRow const& row);
std::optional<RemovalRow> removal_by_id(db::PgSession& db, RemovalId id);
std::optional<RemovalRow> lock_removal(db::PgSession& db, RemovalId id);
/// Those of a record that are neither finished nor called off, locked, the oldest first.
std::vector<RemovalRow> lock_open_removals(db::PgSession& db, RecordId record);
/// One about which a round has something to do at that time, locked; others that are locked are left out. A
/// message is repeated where the last one is from before `repeat`.
std::optional<RemovalRow> lock_removal_to_do(db::PgSession& db, Instant now, Instant repeat,
                                             std::optional<RemovalId> after);

struct RemovalList {
    std::optional<std::vector<OrganisationId>> of;  ///< of these units; nothing: of all
    std::optional<OrganisationId> receiver;         ///< and those that this one is to confirm
    std::optional<domain::RemovalState> state;
    std::optional<RecordId> record;
    std::optional<RemovalId> after;
    int limit;
};

std::vector<RemovalRow> removals_after(db::PgSession& db, RemovalList const& list);

// ------------------------------------------------------------------------------------------------- receivers
struct ReceiverRow {
    RemovalId removal;
    domain::ReceiverKind kind;
    std::optional<OrganisationId> organisation;  ///< exactly of an integrator
    std::optional<Instant> confirmed_at;
    std::optional<domain::ReceiptBasis> basis;
    std::optional<AccountId> confirmed_by;  ///< exactly with a statement
    std::optional<Instant> removed_at;      ///< as the receiver says
    std::optional<std::string> reference;
    std::optional<std::string> name{};  ///< of the organisation, when read
};

std::vector<ReceiverRow> receivers_of(db::PgSession& db, RemovalId removal);
/// When the organisation got the record first.
std::optional<Instant> held_since(db::PgSession& db, RecordId record, OrganisationId organisation);
/// Keeps a receipt of a receiver that has given none; false if there is no such receiver.
bool confirm(db::PgSession& db, ReceiverRow const& row);
/// The receipt of the platform, if it has taken the record back or never took it; whether there is one now.
bool confirm_by_platform(db::PgSession& db, RemovalId removal, Instant now);
std::int64_t receivers_waiting(db::PgSession& db, RemovalId removal);
/// Whether the platform was told of the record, and not yet that it is to be taken back.
bool platform_holds(db::PgSession& db, RecordId record);

/// For the gauges.
struct RemovalCounts {
    std::int64_t open = 0;
    std::int64_t receipts_overdue = 0;
};

RemovalCounts removal_counts(db::PgSession& db);

}  // namespace sponsio::store

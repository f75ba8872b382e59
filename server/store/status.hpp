#pragma once

#include "server/db/session.hpp"
#include "server/domain/record_lifecycle.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Status lists: where the status of each record stands, and what it is.
namespace sponsio::store {

struct StatusList {
    std::int32_t list_no;
    std::int32_t size;
    std::int32_t used = 0;
    std::int64_t version = 1;  ///< grows with every change of a status
};

/// The newest list, locked until the transaction ends; nothing if there is none at all.
std::optional<StatusList> lock_newest_status_list(db::PgSession& db);
/// Does nothing if a list of that number is there already.
void create_status_list(db::PgSession& db, std::int32_t list_no, std::int32_t size, Instant now);
/// Those of the indexes that a record has, in their order.
std::vector<std::int32_t> used_status_indexes(db::PgSession& db, std::int32_t list_no,
                                              std::span<std::int32_t const> candidates);

struct StatusPlace {
    std::int32_t list_no;
    std::int32_t index;

    bool operator==(StatusPlace const&) const = default;
};

struct NewStatus {
    RecordId record;
    StatusPlace place;
};

/// Takes the places, in lists that are locked. Every status begins as valid.
void insert_statuses(db::PgSession& db, std::span<NewStatus const> statuses, Instant now);

struct StatusRow {
    RecordId record;
    StatusPlace place;
    domain::RecordStatus status;
    Instant changed_at;
};

std::optional<StatusRow> status_of(db::PgSession& db, RecordId record);
/// The same, locked until the transaction ends.
std::optional<StatusRow> lock_status(db::PgSession& db, RecordId record);

/// A change as it was logged.
struct StatusChange {
    RecordId record;
    std::int32_t serial;  ///< from 1 on, for each record
    domain::RecordStatus status;
    Instant changed_at;
    SealedColumns content;
    Digest digest;  ///< SHA-256 of the plain content
};

/// Oldest first.
std::vector<StatusChange> status_changes(db::PgSession& db, RecordId record);
/// Changes the entry, which is locked, and its list's version, and keeps the change.
void change_status(db::PgSession& db, StatusChange const& change);
/// Seal labels (Vault) of the content of a change.
std::string status_place(RecordId record, std::int32_t serial);

std::optional<StatusList> status_list(db::PgSession& db, std::int32_t list_no);
/// Index and value of every status of a list that is not `valid`.
std::vector<std::pair<std::int32_t, domain::RecordStatus>> statuses_not_valid(db::PgSession& db,
                                                                              std::int32_t list_no);

}  // namespace sponsio::store

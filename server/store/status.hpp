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

/// Status lists: the position of each record's status, and its value.
namespace sponsio::store {

struct StatusList {
    std::int32_t list_no;
    std::int32_t size;
    std::int32_t used = 0;
    std::int64_t version = 1;  ///< grows with every change of a status
};

/// The newest list, locked until the transaction ends; nothing if there is none at all.
std::optional<StatusList> lock_newest_status_list(db::PgSession& db);
/// Does nothing if a list of that number exists already.
void create_status_list(db::PgSession& db, std::int32_t list_no, std::int32_t size, Instant now);
/// Those of the candidate indexes that are taken, in their order.
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

/// Inserts the entries into locked lists. Every status begins as valid.
void insert_statuses(db::PgSession& db, std::span<NewStatus const> statuses, Instant now);

struct StatusRow {
    RecordId record;
    StatusPlace place;
    domain::RecordStatus status;
    Instant changed_at;
};

std::optional<StatusRow> status_of(db::PgSession& db, RecordId record);
/// The status, locked until the transaction ends.
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

/// The changes, oldest first.
std::vector<StatusChange> status_changes(db::PgSession& db, RecordId record);
/// Changes the locked entry and its list's version, and stores the change.
void change_status(db::PgSession& db, StatusChange const& change);
/// The seal label (Vault) of a change's content.
std::string status_label(RecordId record, std::int32_t serial);

std::optional<StatusList> status_list(db::PgSession& db, std::int32_t list_no);

/// An entry of a list about which there is anything to prove: it is not `valid`, or was changed, or a change
/// was logged.
struct ChangedStatus {
    StatusRow entry;
    std::optional<StatusChange> last;     ///< change; nothing: its row is gone, or there was none
    std::int64_t logged = 0;              ///< changes that have a leaf
    std::optional<SealedColumns> kept{};  ///< what was kept of it when the changes were erased
};

/// The changed entries of a list, by index.
std::vector<ChangedStatus> changed_statuses(db::PgSession& db, std::int32_t list_no);

}  // namespace sponsio::store

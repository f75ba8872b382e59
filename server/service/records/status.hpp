#pragma once

#include "server/service/unit/vault.hpp"
#include "server/store/status.hpp"

#include <optional>
#include <string>

namespace sponsio::service {

struct StatusOrder {
    RecordId record;
    domain::RecordStatus status;
    std::string why;  ///< a word or a document number, never personal text
    std::optional<AccountId> actor{};
    Instant now;
};

/// Changes what the status list says of an issued record, in the caller's transaction: the entry, its event,
/// the change with its sealed content object, and a leaf for the log with that object's digest. Afterwards
/// the caller tells the log's writer. not_found for a record that is not issued, or from before there were
/// status lists; conflict if it has that status already.
Outcome<store::StatusChange> set_status(db::PgSession& db, Vault const& vault, StatusOrder const& order);

}  // namespace sponsio::service

#pragma once

#include "server/db/session.hpp"
#include "server/domain/record_status.hpp"

#include <optional>
#include <string>
#include <vector>

/// The causes of a record's status, open and ended.
namespace sponsio::store {

/// What opened a cause or ended it.
struct CauseStep {
    Instant at;
    std::optional<AccountId> by;  ///< nothing: no official did
    std::string why;              ///< a word or a document number, never personal text
};

struct RecordCauseRow {
    std::int32_t serial;  ///< from 1 on, for each record
    domain::RecordCause cause;
    CauseStep opened;
    std::optional<CauseStep> ended;
};

/// Oldest first.
std::vector<RecordCauseRow> causes_of(db::PgSession& db, RecordId record);
/// The record's status is locked (lock_status), and no cause of this kind is open.
void open_cause(db::PgSession& db, RecordId record, domain::RecordCause cause, CauseStep const& step);
/// Ends the open one.
void end_cause(db::PgSession& db, RecordId record, domain::RecordCause cause, CauseStep const& step);

}  // namespace sponsio::store

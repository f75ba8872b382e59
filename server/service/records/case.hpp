#pragma once

#include "server/domain/record_status.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/record_causes.hpp"
#include "server/store/status.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// Why a record's causes change, and who changes them.
struct RecordOrder {
    RecordId record;
    std::string why;  ///< a word or a document number, never personal text
    domain::Actor actor;
    Instant now;
};

/// An issued record, locked, in one transaction: its causes are opened and ended, and its status follows.
/// Nothing is written before save().
class RecordCase {
  public:
    /// problem::not_found for a record that is not issued, or from before there were status lists.
    static Outcome<RecordCase> lock(db::PgSession& db, Vault const& vault, RecordOrder order);

    /// Refused as domain::record_lifecycle says: problem::conflict if it is open already, or is not,
    /// problem::wrong_step once the record was withdrawn.
    Outcome<void> open(domain::RecordCause cause);
    Outcome<void> end(domain::RecordCause cause);
    /// Makes this status the one that is shown: opens its cause unless it is open, and ends those that are
    /// stronger, or all of them for `valid`. problem::conflict if it is shown already.
    Outcome<void> show(domain::RecordStatus status);

    [[nodiscard]] domain::RecordStatus status() const { return status_; }

    [[nodiscard]] domain::OpenCauses causes() const { return causes_; }

    /// Writes the causes with their events, and the record's state. Where another status is shown than
    /// before: the entry of the status list, the change with its sealed content object, and a leaf for the
    /// log with that object's digest; after the commit the caller tells the log's writer. Where it is shared
    /// no more, its removal is ordered.
    std::optional<store::StatusChange> save();

  private:
    RecordCase(db::PgSession& db, Vault const& vault, RecordOrder order, store::StatusRow const& entry,
               domain::OpenCauses causes)
        : db_(db),
          vault_(vault),
          order_(std::move(order)),
          place_(entry.place),
          shown_(entry.status),
          status_(entry.status),
          causes_(causes),
          removed_(domain::is_removed(causes)),
          state_(domain::state_of(causes)) {}

    Outcome<void> take(domain::RecordEvent event);
    void follow_with_removal();
    store::StatusChange publish();

    db::PgSession& db_;
    Vault const& vault_;
    RecordOrder order_;
    store::StatusPlace place_;
    domain::RecordStatus shown_;   ///< by the list, until save()
    domain::RecordStatus status_;  ///< what it has become
    domain::OpenCauses causes_;
    bool removed_;               ///< before what is taken now
    domain::RecordState state_;  ///< as stored
    std::vector<domain::RecordEvent> taken_;
    Events events_;
};

/// The status that an entry has by its last change, which must open, be about this entry, and have its leaf,
/// as all changes before it. Nothing: it is not proven.
/// Of changes that were erased, what was kept of the last one counts instead (kept_status).
std::optional<domain::RecordStatus> proven_status(Vault const& vault, store::ChangedStatus const& entry);

/// What remains of a record's status when its changes are erased, with their reasons: sealed, so that nobody
/// but this server wrote it. Nothing: its status was never changed.
std::optional<std::string> kept_status(db::PgSession& db, RecordId record);

/// Makes the status the one that is shown (RecordCase::show), in the caller's transaction.
Outcome<store::StatusChange> set_status(db::PgSession& db, Vault const& vault, domain::RecordStatus status,
                                        RecordOrder order);

}  // namespace sponsio::service

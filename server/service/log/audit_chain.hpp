#pragma once

#include "crypto/digest.hpp"
#include "server/db/executor.hpp"
#include "server/domain/decode.hpp"
#include "server/store/audit.hpp"
#include "server/store/events.hpp"

#include <functional>
#include <span>

/// The history of everything as a hash chain whose head goes into the log, so that no event can be changed,
/// put in between or taken away afterwards without `log check` finding it (docs/ledger.md).
namespace sponsio::service {

/// The head behind an event: SHA-256 of the head before it and the event's canonical JSON (audit_view).
crypto::Digest chained(crypto::Digest const& head, store::EventPage::Row const& row);

/// The run that is behind `run` once these events were added to it.
store::AuditRun chained(store::AuditRun run, std::span<store::EventPage::Row const> rows);

/// What the leaf of a run says; the salt is that of the leaf.
domain::JsonObject audit_content(store::AuditRun const& run);

/// Lengthens the chain. One round at a time; several processes may.
class AuditChain {
  public:
    struct Parts {
        db::DbExecutor& db;
        Clock const& clock;
        /// Called before the very first run, each time in a transaction of its own, until it did nothing: for
        /// what has to be proven as it was found, a part at a time. Returns how much it did; may be empty.
        std::function<Outcome<std::size_t>(db::PgSession&)> before_first;
        std::function<void()> leaves_waiting;  ///< called when there is a new leaf for the log
    };

    explicit AuditChain(Parts parts) : parts_(std::move(parts)) {}

    /// Chains the events that are final since the last run, at most `most_events`, and leaves their head to
    /// the log. What it finds of new queries of personal data is told by an event for the next round. Returns
    /// the number of events.
    Outcome<std::size_t> round(Deadline deadline);

    /// Of one run.
    static constexpr std::int64_t most_events = 65'536;

  private:
    Outcome<void> prepare(db::PgSession& session) const;
    Outcome<std::size_t> lengthen(db::PgSession& db) const;

    Parts parts_;
};

}  // namespace sponsio::service

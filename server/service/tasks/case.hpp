#pragma once

#include "server/service/matters/commitment_steps.hpp"
#include "server/store/evidence.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/task_requests.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// One task, locked, in one transaction: who sits in it and what may happen to it next. What it changes of
/// the task's row is written by save().
class TaskCase {
  public:
    /// `actor` is nobody where the system itself moves the task.
    TaskCase(db::PgSession& session, store::TaskRow row, std::optional<AccountId> actor, Instant now)
        : db(session),
          task(std::move(row)),
          by(actor),
          at(now),
          inspectors_(store::inspectors_of(db, task.id)) {}

    // ---- who sits where
    [[nodiscard]] store::InspectorRow const* sitting(AccountId account) const;
    /// The first seat that nobody sits in; nothing if all are filled.
    [[nodiscard]] std::optional<int> empty_seat() const;
    /// Everybody who sits in it now, the lead first.
    [[nodiscard]] std::vector<store::InspectorRow> sitting() const;

    [[nodiscard]] bool drawn() const { return task.draw.has_value(); }

    void seat(store::Seating const& who, store::SeatedBy how);
    void unseat(store::InspectorRow const& leaving, store::LeftBecause why);
    void sign(store::InspectorRow const& inspector);

    // ---- what happens
    struct About {
        std::optional<AccountId> candidate{};         ///< who is to take a seat
        bool by_chance = false;                       ///< it was drawn from those without a conflict then
        std::optional<domain::CheckResult> result{};  ///< what the check finds
        std::optional<std::string> why{};             ///< for the event: a word, never personal text
    };

    /// Asks the lifecycle, writes the event and moves the task.
    Outcome<void> move(domain::TaskEvent event, About const& about);

    Outcome<void> move(domain::TaskEvent event) { return move(event, About{}); }

    Outcome<void> move_commitment(domain::CommitmentEvent event);
    /// The commitment is under verification, whether a deadline, a clue or a reopening made somebody check
    /// it.
    Outcome<void> begin_verification();
    /// The conclusion no longer stands: it is kept beside, nobody has signed, the commitment is being
    /// verified again.
    Outcome<void> set_aside(store::SetAside why);
    void save();

    db::PgSession& db;
    store::TaskRow task;
    std::optional<AccountId> const by;
    Instant const at;

  private:
    [[nodiscard]] Outcome<domain::TaskFacts> facts(About const& about) const;

    void refresh() { inspectors_ = store::inspectors_of(db, task.id); }

    std::vector<store::InspectorRow> inspectors_;
};

/// What the database refused about a seat, because something else was faster; nothing if it was about
/// anything else.
std::optional<Fault> seat_fault(db::DbError const& error);

/// A step about a task, in a transaction: `Outcome<T> body(PgSession&)`.
template <class Body>
auto task_transaction(db::PgSession& session, Body body) -> decltype(body(session)) {
    try {
        return in_transaction(session, body);
    } catch (db::DbError const& error) {
        if (auto refused = seat_fault(error)) return *refused;
        throw;
    }
}

/// Whether it is the caller's unit's, or one in which the caller sits: a draw may send people of several
/// units.
bool is_own_task(db::PgSession& db, domain::Official const& who, store::TaskRow const& task);
/// The task if it is the caller's own, locked; problem::not_found otherwise.
Outcome<store::TaskRow> lock_own_task(db::PgSession& db, domain::Official const& who, TaskId id);
/// The task if it is the caller's unit's, locked: only there anybody decides about it.
Outcome<store::TaskRow> lock_units_task(db::PgSession& db, domain::Official const& who, TaskId id);

}  // namespace sponsio::service

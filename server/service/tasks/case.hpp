#pragma once

#include "server/service/matters/commitment_steps.hpp"
#include "server/store/evidence.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/task_requests.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// One locked task in one transaction: its inspectors and its possible steps. save() writes the changes of
/// the task's row.
class TaskCase {
  public:
    /// `actor` is nobody when the system itself moves the task.
    TaskCase(db::PgSession& session, store::TaskRow row, std::optional<AccountId> actor, Instant now)
        : db(session),
          task(std::move(row)),
          by(actor),
          at(now),
          inspectors_(store::inspectors_of(db, task.id)) {}

    // ---- who sits where
    [[nodiscard]] store::InspectorRow const* sitting(AccountId account) const;
    /// The first empty seat; nothing if all are filled.
    [[nodiscard]] std::optional<int> empty_seat() const;
    /// All present inspectors, the lead first.
    [[nodiscard]] std::vector<store::InspectorRow> sitting() const;

    [[nodiscard]] bool drawn() const { return task.draw.has_value(); }

    void seat(store::Seating const& who, store::SeatedBy how);
    void unseat(store::InspectorRow const& leaving, store::LeftBecause why);
    void sign(store::InspectorRow const& inspector);

    // ---- what happens
    struct About {
        std::optional<AccountId> candidate{};         ///< who is to take a seat
        bool by_chance = false;                       ///< it was drawn from those without a conflict then
        std::optional<domain::CheckResult> result{};  ///< the conclusion
        std::optional<std::string> why{};             ///< for the event: a word, never personal text
    };

    /// Asks the lifecycle, writes the event and moves the task.
    Outcome<void> move(domain::TaskEvent event, About const& about);

    Outcome<void> move(domain::TaskEvent event) { return move(event, About{}); }

    Outcome<void> move_commitment(domain::CommitmentEvent event);
    /// Moves the commitment into verification, whether a deadline, a clue or a reopening caused it.
    Outcome<void> begin_verification();
    /// Sets the conclusion aside: it is kept among the earlier ones, sign-offs are deleted, and the
    /// commitment is under verification again.
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

/// The fault for a database error about a seat that another request took first; nothing for any other error.
std::optional<Fault> seat_fault(db::DbError const& error);

/// Runs a step about a task in a transaction; the arguments are those of in_transaction().
template <class... CallerAndBody>
auto task_transaction(db::PgSession& session, CallerAndBody const&... step)
    -> decltype(in_transaction(session, step...)) {
    try {
        return in_transaction(session, step...);
    } catch (db::DbError const& error) {
        if (auto refused = seat_fault(error)) return *refused;
        throw;
    }
}

/// Whether the task is of the caller's unit, or the caller sits in it: a draw may seat people of many units.
bool is_own_task(db::PgSession& db, domain::Official const& who, store::TaskRow const& task);
/// The task, locked, if it is the caller's own (is_own_task); problem::not_found otherwise.
Outcome<store::TaskRow> lock_own_task(db::PgSession& db, domain::Official const& who, TaskId id);
/// The task, locked, if it is of the caller's unit, which alone decides; problem::not_found otherwise.
Outcome<store::TaskRow> lock_units_task(db::PgSession& db, domain::Official const& who, TaskId id);

}  // namespace sponsio::service

#pragma once

#include "server/service/tasks/case.hpp"

#include <functional>
#include <optional>
#include <string>

/// Who comes into the place of an inspector who leaves.
namespace sponsio::service {

/// Whom the draw's chain of chance puts into an empty seat.
struct Replacement {
    AccountId account;
    std::string ref;  ///< their pseudonym in the draw
};

/// The inspector of a drawn task who was recused, in the transaction that recuses them: drawn, or put there
/// by a supervisor.
struct DrawnLeaving {
    store::TaskRow const& task;  ///< with its draw; locked
    int seat;
    AccountId account;
    AccountId decided_by;
};

/// Strikes whoever chance had seated there out of the object's ranking for good, states that publicly, and
/// names the next one; nothing if nobody is left. Implemented by the draw.
using Redraw =
    std::function<Outcome<std::optional<Replacement>>(db::PgSession&, DrawnLeaving const&, Instant now)>;

/// A seat of a drawn task that a supervisor gives to somebody, in the transaction that does it.
struct DrawnReseating {
    store::TaskRow const& task;  ///< with its draw; locked
    int seat;
    AccountId decided_by;
};

/// States publicly that chance did not choose who sits there now. Implemented by the draw.
using Reseat = std::function<Outcome<void>(db::PgSession&, DrawnReseating const&, Instant now)>;

/// Takes `leaving` out of their seat. A drawn inspector who was recused is replaced by `redraw`; without a
/// replacement the seat stays empty and the event `too_few_inspectors` says so. Where nobody leads any more
/// the task is back in the queue. What a lead concluded who was recused or is gone is set aside.
Outcome<void> replace_inspector(TaskCase& check, store::InspectorRow leaving, store::LeftBecause why,
                                Redraw const& redraw);

/// Puts somebody into a seat: a supervisor's choice.
Outcome<void> put_into_seat(TaskCase& check, std::optional<store::InspectorRow> leaving,
                            store::Seating const& next);

/// Everything that a person who is gone was working on goes back to the queue.
Outcome<void> vacate_seats(db::PgSession& db, AccountId gone, std::optional<AccountId> actor, Instant now);

}  // namespace sponsio::service

#pragma once

#include "server/service/tasks/case.hpp"

#include <functional>
#include <optional>
#include <string>

/// Replacement of inspectors who leave.
namespace sponsio::service {

/// The inspector whom the draw's ranking gives an empty seat.
struct Replacement {
    AccountId account;
    std::string ref;  ///< their pseudonym in the draw
};

/// A recused inspector of a drawn task, in the transaction of the recusal: drawn, or seated by a supervisor.
struct DrawnLeaving {
    store::TaskRow const& task;  ///< with its draw; locked
    int seat;
    AccountId account;
    AccountId decided_by;
};

/// Strikes the inspector drawn for the seat from the object's ranking for good, publishes that, and returns
/// the next one; nothing if nobody is left. Implemented by the draw.
using Redraw =
    std::function<Outcome<std::optional<Replacement>>(db::PgSession&, DrawnLeaving const&, Instant now)>;

/// A seat of a drawn task that a supervisor gives to somebody, in the transaction of the reassignment.
struct DrawnReseating {
    store::TaskRow const& task;  ///< with its draw; locked
    int seat;
    AccountId decided_by;
};

/// Publishes that the inspector in that seat was not drawn. Implemented by the draw.
using Reseat = std::function<Outcome<void>(db::PgSession&, DrawnReseating const&, Instant now)>;

/// Takes `leaving` out of their seat. A drawn inspector who was recused is replaced by `redraw`; without a
/// replacement the seat stays empty and the event `too_few_inspectors` is written. A task without a lead
/// returns to the queue. The conclusion of a lead who was recused or whose account is closed is set aside.
Outcome<void> replace_inspector(TaskCase& check, store::InspectorRow leaving, store::LeftBecause why,
                                Redraw const& redraw);

/// Puts an inspector of a supervisor's choice into a seat.
Outcome<void> put_into_seat(TaskCase& check, std::optional<store::InspectorRow> leaving,
                            store::Seating const& next);

/// Returns all tasks of somebody who is no longer a verifier of the unit to the queue.
Outcome<void> vacate_seats(db::PgSession& db, AccountId gone, store::LeftBecause why,
                           std::optional<AccountId> actor, Instant now);

}  // namespace sponsio::service

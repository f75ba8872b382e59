#pragma once

#include "server/service/unit.hpp"
#include "server/store/inspectors.hpp"

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

/// A drawn inspector who was recused, in the transaction that recuses them.
struct DrawnLeaving {
    store::TaskRow const& task;  ///< with its draw; locked
    int seat;
    AccountId account;
    std::string ref;
    AccountId decided_by;
};

/// Strikes the leaving one out of the object's ranking for good, states that publicly, and names the next
/// one; nothing if nobody is left. Implemented by the draw.
using Redraw =
    std::function<Outcome<std::optional<Replacement>>(db::PgSession&, DrawnLeaving const&, Instant now)>;

/// Takes `leaving` out of their seat. A recused drawn inspector is replaced by `redraw`; without a
/// replacement the seat stays empty and the event `too_few_inspectors` says so. Where nobody leads any more
/// the task is back in the queue. A conclusion whose author was recused or is gone is set aside. The caller
/// writes `task` back.
Outcome<void> replace_inspector(db::PgSession& db, store::TaskRow& task, store::InspectorRow const& leaving,
                                store::LeftBecause why, std::optional<AccountId> actor, Redraw const& redraw,
                                Instant now);

}  // namespace sponsio::service

#include "server/service/erasure/service.hpp"

#include "server/service/unit/people.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/transaction.hpp"

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;

Json named(db::PgSession& db, store::ErasureRow const& row) {
    Json view = erasure_view(row);
    name_people(db, view);
    return view;
}

}  // namespace

Async<Page> ErasureService::list(Caller<Official> const& caller, std::optional<ErasureId> after, int limit) {
    return parts_.db.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const reach = Reach::of(db, parts_.vault, *caller.who, Holding::registry_seen);
        Page page;
        for (auto const& row : store::erasures_after(db, reach.organisations(), after, limit))
            page.add(named(db, row), row.id.text());
        return page;
    });
}

/// Runs `act(db, row)` on the locked erasure of a case in reach, and returns it as it is then.
template <class Act>
Async<Json> ErasureService::on_erasure(Caller<Official> const& caller, ErasureId id, Act act) {
    return parts_.db.run(caller.deadline, [this, caller, id, act](db::PgSession& session) -> Outcome<Json> {
        auto done = in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::lock_erasure(db, id);
            if (!row || !reaches(db, parts_.vault, *caller.who, Holding::registry, row->organisation))
                return fault(problem::not_found);
            auto const after = act(db, *row);
            if (!after) return after.error();
            return named(db, *after);
        });
        if (done) parts_.erased();
        return done;
    });
}

Async<Json> ErasureService::confirm(Caller<Official> const& caller, ErasureId id) {
    return on_erasure(caller, id, [this, caller](db::PgSession& db, store::ErasureRow const& row) {
        return erase(db, parts_.vault, row, caller.who->account, parts_.clock.now());
    });
}

Async<Json> ErasureService::refuse(Caller<Official> const& caller, ErasureId id) {
    return on_erasure(caller, id, [this, caller](db::PgSession& db, store::ErasureRow const& row) {
        return refuse_erasure(db, row, caller.who->account, parts_.clock.now());
    });
}

}  // namespace sponsio::service

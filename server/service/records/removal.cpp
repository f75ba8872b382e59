#include "server/service/records/removal.hpp"

#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

using domain::RemovalEvent;
using domain::RemovalState;

Move move_of(store::RemovalRow const& row, domain::Actor const& actor, std::string why, Instant now) {
    return {.subject = row.id.text(),
            .actor = actor,
            .now = now,
            .why = std::move(why),
            .rule = row.rule,
            .organisation = row.organisation};
}

}  // namespace

void remember_holder(db::PgSession& db, OrganisationId organisation, std::vector<RecordId> const& records,
                     Instant now) {
    auto const fresh = store::records_not_held(db, organisation, records);
    if (fresh.empty()) return;
    in_transaction(db, [&](db::PgSession& session) -> Outcome<void> {
        store::add_holder(session, organisation, fresh, now);
        return {};
    }).value();
}

bool order_removal(db::PgSession& db, RemovalOrder const& order) {
    auto const record = store::record_by_id(db, order.record);
    if (!record) return false;
    store::RemovalRow const row{.id = new_id<RemovalId>(order.now),
                                .record = order.record,
                                .organisation = record->organisation,
                                .measure = order.measure,
                                .why = order.why,
                                .ordered_at = order.now};
    if (!store::insert(db, row)) return false;
    born(db, domain::removal_lifecycle, move_of(row, order.actor, order.why, order.now));
    return true;
}

Outcome<void> move_removal(db::PgSession& db, store::RemovalRow& row, RemovalEvent event,
                           domain::Actor const& actor, std::string why, Instant now) {
    domain::RemovalFacts const facts{
        .waiting = store::receivers_waiting(db, row.id), .due = row.due_at, .now = now};
    auto const to = step(db, domain::removal_lifecycle, row.state, event, facts,
                         move_of(row, actor, std::move(why), now));
    if (!to) return to.error();
    row.state = *to;
    if (row.state == RemovalState::finished || row.state == RemovalState::called_off) row.ended_at = now;
    store::update(db, row);
    return {};
}

Outcome<void> finish_if_confirmed(db::PgSession& db, store::RemovalRow& row, domain::Actor const& actor,
                                  Instant now) {
    if (store::receivers_waiting(db, row.id) != 0) return {};
    return move_removal(db, row, RemovalEvent::finish, actor, "every receiver confirmed", now);
}

Outcome<void> call_off_removal(db::PgSession& db, RemovalOrder const& order) {
    for (store::RemovalRow& row : store::lock_open_removals(db, order.record)) {
        if (row.measure != order.measure) continue;
        auto moved = move_removal(db, row, RemovalEvent::call_off, order.actor, order.why, order.now);
        if (!moved) return moved;
    }
    return {};
}

}  // namespace sponsio::service

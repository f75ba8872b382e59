#include "server/service/listings/entries.hpp"

#include "server/service/unit/transaction.hpp"

namespace sponsio::service {

using domain::ListingEnd;
using domain::ListingState;

Outcome<void> end_listing(db::PgSession& db, store::ListingRow row, ListingOrder const& order) {
    bool const listed = row.state == ListingState::listed;
    // That the record fell is what ends a case in which nobody is listed yet, by whatever it fell.
    ListingEnd const why = listed ? order.why : ListingEnd::record_ended;
    auto const to = step(db, domain::listing_lifecycle, row.state, domain::event_of(why),
                         {.actor = {}, .proposed_by = PersonId{row.proposed_by.raw()}, .now = order.now},
                         {.subject = row.id.text(),
                          .actor = order.actor,
                          .now = order.now,
                          .why = order.by,
                          .rule = why == ListingEnd::period_over ? row.rule : std::nullopt,
                          .organisation = row.organisation});
    if (!to) return to.error();
    row.state = *to;
    row.ended_at = order.now;
    row.ended_why = why;
    store::update(db, row);
    return {};
}

Outcome<bool> end_listing_of(db::PgSession& db, RecordId record, ListingOrder const& order) {
    auto row = store::lock_open_listing(db, record);
    if (!row) return false;
    auto const ended = end_listing(db, std::move(*row), order);
    if (!ended) return ended.error();
    return true;
}

}  // namespace sponsio::service

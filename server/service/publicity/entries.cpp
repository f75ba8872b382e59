#include "server/service/publicity/entries.hpp"

#include "server/service/records/removal.hpp"

namespace sponsio::service {
namespace {

/// Where the record itself goes, its own removal asks for more than that.
bool only_publicity_ends(domain::PublicityEnd why) {
    return why == domain::PublicityEnd::period_over || why == domain::PublicityEnd::take_down;
}

}  // namespace

Outcome<void> end_publicity(db::PgSession& db, store::PublicityRow row, PublicityOrder const& order,
                            domain::PublicityFacts const& facts) {
    auto const to =
        step(db, domain::publicity_lifecycle, row.state, domain::event_of(order.why), facts,
             {.subject = row.id.text(),
              .actor = order.actor,
              .now = order.now,
              .why = order.by,
              .rule = order.why == domain::PublicityEnd::period_over ? std::optional(row.rule) : std::nullopt,
              .organisation = row.organisation});
    if (!to) return to.error();
    row.state = *to;
    row.ended_at = order.now;
    row.ended_why = order.why;
    store::update(db, row);
    if (only_publicity_ends(order.why))
        order_removal(db, {.record = row.record,
                           .measure = domain::RemovalMeasure::end_publicity,
                           .why = order.by,
                           .actor = order.actor,
                           .now = order.now});
    return {};
}

Outcome<bool> end_publicity_of(db::PgSession& db, RecordId record, PublicityOrder const& order) {
    auto row = store::lock_published(db, record);
    if (!row) return false;
    PersonId const proposer{row->proposed_by.raw()};  // that it ends asks nobody apart
    auto const ended = end_publicity(db, std::move(*row), order, {.actor = {}, .proposed_by = proposer});
    if (!ended) return ended.error();
    return true;
}

}  // namespace sponsio::service

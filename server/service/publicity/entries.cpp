#include "server/service/publicity/entries.hpp"

namespace sponsio::service {

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

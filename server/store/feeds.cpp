#include "server/store/feeds.hpp"

#include "server/db/params.hpp"
#include "server/db/rows.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;

// The lock numbers and sequences of the triggers (schema/migrations/0023_feeds.sql).
constexpr BinaryQuery settled_events{"feeds.events", "select feed_settled(21328, 'event_event_id_seq')"};
constexpr BinaryQuery settled_commitments{"feeds.commitments",
                                          "select feed_settled(21329, 'commitment_position')"};
constexpr BinaryQuery settled_batches{"feeds.batches",
                                      "select feed_settled(21330, 'submission_batch_position')"};
constexpr BinaryQuery settled_leaves{"feeds.leaves", "select feed_settled(21331, 'log_leaf_leaf_id_seq')"};
constexpr BinaryQuery settled_queries{"feeds.personal_queries",
                                      "select feed_settled(21332, 'personal_query_query_id_seq')"};

BinaryQuery const& query_of(Feed feed) {
    switch (feed) {
        case Feed::events: return settled_events;
        case Feed::commitments: return settled_commitments;
        case Feed::batches: return settled_batches;
        case Feed::personal_queries: return settled_queries;
        case Feed::leaves: break;
    }
    return settled_leaves;
}

}  // namespace

std::int64_t settled(db::PgSession& db, Feed feed) {
    return db.exec(query_of(feed))[0].get<std::int64_t>(0);
}

}  // namespace sponsio::store

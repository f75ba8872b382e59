#include "server/store/rectifications.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::FindingState;

constexpr BinaryQuery insert_row{
    "rectifications.insert",
    "insert into rectification (commitment_code, outcome, content, wrapped_key, master_key_id, recorded_by, "
    "recorded_at) values ($1, $2, $3, $4, $5, $6, $7)"};
constexpr BinaryQuery select_newest{
    "rectifications.newest",
    sql<"select rectification_id, commitment_code, outcome, content, wrapped_key, master_key_id, "
        "recorded_by, "
        "recorded_at, coalesce(confirmed, false), ",
        decision_columns,
        "from rectification where commitment_code = $1 order by rectification_id desc limit 1">};
constexpr BinaryQuery update_decision{"rectifications.decide",
                                      decide_sql<"rectification", "confirmed", "rectification_id">};
constexpr BinaryQuery select_live_finding{
    "rectifications.live_finding",
    sql<"select exists (select 1 from verification_task t join finding f on f.task_id = t.task_id where "
        "t.commitment_code = $1 and f.state not in (",
        quoted<FindingState::dismissed, FindingState::cancelled, FindingState::rectified>, "))">};

}  // namespace

void insert(db::PgSession& db, RectificationRow const& row) {
    Params params(row.commitment_code, domain::word(row.outcome));
    add(params, row.why).add(row.asked_by).add(row.asked_at);
    db.exec(insert_row, params);
}

std::optional<RectificationRow> newest_rectification(db::PgSession& db, std::string const& code) {
    return first_of(db.exec(select_newest, Params(code)), [](db::Rows::Row const& row) {
        return RectificationRow{{.id = row.get<std::int64_t>(0),
                                 .asked_by = row.get<AccountId>(6),
                                 .asked_at = row.get<Instant>(7),
                                 .why = sealed_at(row, 3),
                                 .decision = decision_at(row, 9)},
                                row.get<std::string>(1),
                                word_at<domain::RectificationOutcome>(row, 2),
                                row.get<bool>(8)};
    });
}

void decide(db::PgSession& db, RectificationRow const& row) {
    db.exec(update_decision, decision_params(row, row.confirmed));
}

bool has_live_finding(db::PgSession& db, std::string const& code) {
    return db.exec(select_live_finding, Params(code))[0].get<bool>(0);
}

}  // namespace sponsio::store

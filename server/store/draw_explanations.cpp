#include "server/store/draw_explanations.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_row{
    "draw_explanations.insert",
    "insert into draw_explanation (draw_id, content, wrapped_key, master_key_id, asked_by, asked_at) "
    "values ($1, $2, $3, $4, $5, $6)"};
constexpr BinaryQuery select_newest{
    "draw_explanations.newest",
    sql<"select explanation_id, content, wrapped_key, master_key_id, asked_by, asked_at, "
        "coalesce(accepted, false), ",
        decision_columns, "from draw_explanation where draw_id = $1 order by explanation_id desc limit 1">};
constexpr BinaryQuery update_decision{"draw_explanations.decide",
                                      decide_sql<"draw_explanation", "accepted", "explanation_id">};

}  // namespace

void insert(db::PgSession& db, DrawExplanation const& row) {
    Params params(row.draw);
    add(params, row.why).add(row.asked_by).add(row.asked_at);
    db.exec(insert_row, params);
}

std::optional<DrawExplanation> newest_explanation(db::PgSession& db, DrawId draw) {
    return first_of(db.exec(select_newest, Params(draw)), [draw](db::Rows::Row const& row) {
        return DrawExplanation{{.id = row.get<std::int64_t>(0),
                                .asked_by = row.get<AccountId>(4),
                                .asked_at = row.get<Instant>(5),
                                .why = sealed_at(row, 1),
                                .decision = decision_at(row, 7)},
                               draw,
                               row.get<bool>(6)};
    });
}

void decide(db::PgSession& db, DrawExplanation const& row) {
    db.exec(update_decision, decision_params(row, row.accepted));
}

}  // namespace sponsio::store

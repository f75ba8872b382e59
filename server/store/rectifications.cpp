#include "server/store/rectifications.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_row{
    "rectifications.insert",
    "insert into rectification (commitment_code, outcome, content, wrapped_key, master_key_id, recorded_by, "
    "recorded_at) values ($1, $2, $3, $4, $5, $6, $7) returning rectification_id"};
constexpr BinaryQuery select_newest{
    "rectifications.newest",
    "select rectification_id, commitment_code, outcome, content, wrapped_key, master_key_id, recorded_by, "
    "recorded_at, confirmed, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id "
    "from rectification where commitment_code = $1 order by rectification_id desc limit 1"};
constexpr BinaryQuery update_decision{
    "rectifications.decide",
    "update rectification set confirmed = $2, decided_by = $3, decided_at = $4, decision = $5, "
    "decision_wrapped_key = $6, decision_master_key_id = $7 where rectification_id = $1"};
constexpr BinaryQuery select_live_finding{
    "rectifications.live_finding",
    "select exists (select 1 from verification_task t join finding f on f.task_id = t.task_id "
    "where t.commitment_code = $1 and f.state not in ('dismissed', 'cancelled'))"};

}  // namespace

std::string rectification_label(std::string const& code) {
    return "rectification.content:" + code;
}

std::string rectification_decision_label(std::string const& code) {
    return "rectification.decision:" + code;
}

std::int64_t insert(db::PgSession& db, RectificationRow const& row) {
    Params params(row.commitment_code, domain::word(row.outcome));
    add(params, row.content).add(row.recorded_by).add(row.recorded_at);
    return db.exec(insert_row, params)[0].get<std::int64_t>(0);
}

std::optional<RectificationRow> newest_rectification(db::PgSession& db, std::string const& code) {
    auto const rows = db.exec(select_newest, Params(code));
    if (rows.empty()) return std::nullopt;
    auto const& row = rows[0];
    RectificationRow found{.id = row.get<std::int64_t>(0),
                           .commitment_code = row.get<std::string>(1),
                           .outcome = word_at<domain::RectificationOutcome>(row, 2),
                           .content = sealed_at(row, 3),
                           .recorded_by = row.get<AccountId>(6),
                           .recorded_at = row.get<Instant>(7),
                           .decision = std::nullopt};
    if (!row.is_null(8))
        found.decision = {.confirmed = row.get<bool>(8),
                          .by = row.get<AccountId>(9),
                          .at = row.get<Instant>(10),
                          .opinion = sealed_at(row, 11)};
    return found;
}

void decide(db::PgSession& db, RectificationRow const& row) {
    auto const& decision = row.decision.value();
    Params params(row.id, decision.confirmed, decision.by, decision.at);
    db.exec(update_decision, add(params, decision.opinion));
}

bool has_live_finding(db::PgSession& db, std::string const& code) {
    return db.exec(select_live_finding, Params(code))[0].get<bool>(0);
}

}  // namespace sponsio::store

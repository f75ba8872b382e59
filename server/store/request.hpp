#pragma once

#include "server/base/id.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

#include <optional>

/// Rows by which one person asks for something and another decides.
namespace sponsio::store {

/// What the other person said, and why.
struct Decision {
    AccountId by;
    Instant at;
    SealedColumns why;
};

/// Who asked, when and why, and the decision once there is one. Both texts are sealed, under labels that the
/// row's own header names.
template <class Key>
struct Request {
    Key id{};
    AccountId asked_by;
    Instant asked_at;
    SealedColumns why;
    std::optional<Decision> decision{};
};

inline constexpr SqlPiece decision_columns{
    "decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id "};

/// Puts a decision down: $1 is the key, $2 what became of the request, then what decision_params() adds.
template <SqlPiece table, SqlPiece outcome, SqlPiece key>
inline constexpr std::string_view decide_sql =
    sql<"update ", table, " set ", outcome,
        " = $2, decided_by = $3, decided_at = $4, decision = $5, decision_wrapped_key = $6, "
        "decision_master_key_id = $7 where ",
        key, " = $1">;

template <class Key, class Verdict>
db::Params decision_params(Request<Key> const& request, Verdict const& outcome) {
    Decision const& decision = request.decision.value();
    db::Params params(request.id, outcome, decision.by, decision.at);
    return std::move(add(params, decision.why));
}

/// From decision_columns, the first of which is that one.
inline std::optional<Decision> decision_at(db::Rows::Row const& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return Decision{row.get<AccountId>(column), row.get<Instant>(column + 1), sealed_at(row, column + 2)};
}

}  // namespace sponsio::store

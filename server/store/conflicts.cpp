#include "server/store/conflicts.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_conflict{
    "conflicts.insert",
    "insert into inspector_conflict (conflict_id, account_id, kind, subject_index, declared_at, note, "
    "wrapped_key, master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr SqlPiece conflict_rows{
    "select conflict_id, account_id, kind, subject_index, declared_at, ended_at, note, wrapped_key, "
    "master_key_id from inspector_conflict "};
constexpr BinaryQuery select_of_account{
    "conflicts.of_account",
    sql<conflict_rows, "where account_id = $1 and conflict_id > $2 order by conflict_id limit $3">};
constexpr BinaryQuery select_locked{"conflicts.lock",
                                    sql<conflict_rows, "where conflict_id = $1 for update">};
constexpr BinaryQuery update_ended{"conflicts.end",
                                   "update inspector_conflict set ended_at = $2 where conflict_id = $1"};
constexpr BinaryQuery select_barred{"conflicts.barred",
                                    "select account_id, subject_index from inspector_conflict where "
                                    "account_id = any($1) and ended_at is null"};

ConflictRow conflict_of(db::Rows::Row const& row) {
    ConflictRow conflict{.id = row.get<ConflictId>(0),
                         .account = row.get<AccountId>(1),
                         .kind = word_at<domain::ConflictKind>(row, 2),
                         .subject_index = row.get<std::vector<std::uint8_t>>(3),
                         .note = std::nullopt,
                         .declared_at = row.get<Instant>(4),
                         .ended_at = row.get<std::optional<Instant>>(5)};
    if (!row.is_null(6)) conflict.note = sealed_at(row, 6);
    return conflict;
}

}  // namespace

std::string note_label(ConflictId id) {
    return "inspector_conflict.note:" + id.text();
}

void insert(db::PgSession& db, ConflictRow const& c) {
    Params params(c.id, c.account, domain::word(c.kind), c.subject_index, c.declared_at);
    if (c.note)
        add(params, *c.note);
    else
        params.add(std::optional<std::vector<std::uint8_t>>{})
            .add(std::optional<std::vector<std::uint8_t>>{})
            .add(std::optional<std::string>{});
    db.exec(insert_conflict, params);
}

std::vector<ConflictRow> conflicts_of(db::PgSession& db, AccountId account, std::optional<ConflictId> after,
                                      int limit) {
    return all_of(
        db.exec(select_of_account, Params(account, after.value_or(ConflictId{Uuid{}}), std::int32_t{limit})),
        conflict_of);
}

std::optional<ConflictRow> lock_conflict(db::PgSession& db, ConflictId id) {
    return first_of(db.exec(select_locked, Params(id)), conflict_of);
}

void end_conflict(db::PgSession& db, ConflictId id, Instant now) {
    db.exec(update_ended, Params(id, now));
}

std::vector<BarredSubject> subjects_barred_for(db::PgSession& db, std::vector<AccountId> const& accounts) {
    std::vector<BarredSubject> subjects;
    for (auto const& row : db.exec(select_barred, Params(array_of(accounts))))
        subjects.push_back({row.get<AccountId>(0), row.get<std::vector<std::uint8_t>>(1)});
    return subjects;
}

}  // namespace sponsio::store

#include "server/store/withdrawals.hpp"

#include "server/domain/draw.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::DrawState;
using domain::WithdrawalState;

constexpr BinaryQuery insert_withdrawal_row{
    "withdrawals.insert",
    "insert into withdrawal (commitment_code, reason, wrapped_key, master_key_id, recorded_by, recorded_at) "
    "values ($1, $2, $3, $4, $5, $6)"};
constexpr BinaryQuery insert_request{
    "withdrawals.ask",
    "insert into withdrawal_request (withdrawal_id, commitment_code, organisation_id, requested_by, "
    "requested_at, why, wrapped_key, master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do "
    "nothing returning true"};
constexpr BinaryQuery update_request{"withdrawals.decide",
                                     decide_sql<"withdrawal_request", "state", "withdrawal_id">};
constexpr SqlPiece request_columns{
    "select withdrawal_id, commitment_code, organisation_id, requested_by, requested_at, state, why, "
    "wrapped_key, master_key_id, "};
constexpr SqlPiece of_commitment{"from withdrawal_request where commitment_code = $1 "};
constexpr BinaryQuery select_waiting{"withdrawals.lock",
                                     sql<request_columns, decision_columns, of_commitment,
                                         "and state = ", quoted<WithdrawalState::requested>, " for update">};
constexpr BinaryQuery select_newest{"withdrawals.newest",
                                    sql<request_columns, decision_columns, of_commitment,
                                        "order by decided_at desc nulls first, withdrawal_id desc limit 1">};
// A plan names the matters by their ids; of those that are not over there are few.
constexpr BinaryQuery select_drawing{
    "withdrawals.may_be_drawn",
    sql<"select 1 from draw where state in (", quoted<DrawState::committed, DrawState::input_given>,
        ") and committed_at >= $2 and position($1 in plan) > 0 limit 1">};

WithdrawalRow request_of(db::Rows::Row const& row) {
    return {{.id = row.get<WithdrawalId>(0),
             .asked_by = row.get<AccountId>(3),
             .asked_at = row.get<Instant>(4),
             .why = sealed_at(row, 6),
             .decision = decision_at(row, 9)},
            row.get<std::string>(1),
            row.get<OrganisationId>(2),
            word_at<WithdrawalState>(row, 5)};
}

}  // namespace

void insert_withdrawal(db::PgSession& db, std::string const& code, AccountId recorded_by,
                       SealedColumns const& why, Instant now) {
    Params params(code);
    db.exec(insert_withdrawal_row, add(params, why).add(recorded_by).add(now));
}

bool insert(db::PgSession& db, WithdrawalRow const& row) {
    Params params(row.id, row.commitment_code, row.unit, row.asked_by, row.asked_at);
    return !db.exec(insert_request, add(params, row.why)).empty();
}

void decide(db::PgSession& db, WithdrawalRow const& row) {
    db.exec(update_request, decision_params(row, domain::word(row.state)));
}

std::optional<WithdrawalRow> lock_waiting_withdrawal(db::PgSession& db, std::string const& code) {
    return first_of(db.exec(select_waiting, Params(code)), request_of);
}

std::optional<WithdrawalRow> newest_withdrawal(db::PgSession& db, std::string const& code) {
    return first_of(db.exec(select_newest, Params(code)), request_of);
}

bool may_be_drawn(db::PgSession& db, MatterId matter, Instant accepted_at) {
    return !db.exec(select_drawing, Params(matter.text(), accepted_at)).empty();
}

}  // namespace sponsio::store

#include "server/store/enrolments.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_enrolment{"enrolments.insert", sql<Enrolments::insert>};
constexpr BinaryQuery select_locked{"enrolments.lock",
                                    sql<Enrolments::select, "where token_digest = $1 for update">};
constexpr BinaryQuery select_unspent{
    "enrolments.lock_unspent",
    sql<Enrolments::select, "where account_id = $1 and spent_at is null order by enrolment_id for update">};
using Spent =
    Enrolments::Update<&Enrolment::token, &Enrolment::spent_at, &Enrolment::proof, &Enrolment::proof_key>;
constexpr BinaryQuery update_spent{"enrolments.update", sql<Spent::text>};

}  // namespace

void insert(db::PgSession& db, Enrolment const& enrolment) {
    db.exec(insert_enrolment, Enrolments::values(enrolment));
}

std::optional<Enrolment> lock_enrolment(db::PgSession& db, Digest const& code) {
    return first_of(db.exec(select_locked, Params(code)), Enrolments::read);
}

std::vector<Enrolment> lock_unspent(db::PgSession& db, AccountId account) {
    return all_of(db.exec(select_unspent, Params(account)), Enrolments::read);
}

void update(db::PgSession& db, Enrolment const& enrolment) {
    db.exec(update_spent, Spent::values(enrolment));
}

}  // namespace sponsio::store

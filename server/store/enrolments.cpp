#include "server/store/enrolments.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Enrolments = Table<"enrolment", Enrolment, Column<"enrolment_id", &Enrolment::id>,
                         Column<"account_id", &Enrolment::account>,
                         Column<"token_digest", &Enrolment::digest>, Column<"made_by", &Enrolment::made_by>,
                         Column<"made_at", &Enrolment::made_at>, Column<"ends_at", &Enrolment::ends_at>,
                         Column<"spent_at", &Enrolment::spent_at>, Column<"token_id", &Enrolment::token>>;
constexpr BinaryQuery end_others{
    "enrolments.end_others", "update enrolment set spent_at = $2 where account_id = $1 and spent_at is null"};
constexpr BinaryQuery insert_enrolment{"enrolments.insert", sql<Enrolments::insert>};
constexpr BinaryQuery select_locked{"enrolments.lock",
                                    sql<Enrolments::select, "where token_digest = $1 for update">};
constexpr BinaryQuery update_spent{
    "enrolments.spend", "update enrolment set token_id = $2, spent_at = $3 where enrolment_id = $1"};

}  // namespace

void insert(db::PgSession& db, Enrolment const& enrolment) {
    db.exec(end_others, Params(enrolment.account, enrolment.made_at));
    db.exec(insert_enrolment, Enrolments::values(enrolment));
}

std::optional<Enrolment> lock_enrolment(db::PgSession& db, Digest const& code) {
    return first_of(db.exec(select_locked, Params(code)), Enrolments::read);
}

void spend(db::PgSession& db, EnrolmentId id, TokenId token, Instant now) {
    db.exec(update_spent, Params(id, token, now));
}

}  // namespace sponsio::store

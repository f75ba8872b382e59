#include "server/store/credit_codes.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery enter_code{
    "credit_codes.enter",
    "insert into credit_code (organisation_id, uscc, name, licence, entered_by, entered_at) "
    "values ($1, $2, $3, $4, $5, $6) on conflict (organisation_id, uscc) do update set name = excluded.name, "
    "licence = excluded.licence, entered_by = excluded.entered_by, entered_at = excluded.entered_at "
    "where credit_code.confirmed_by is null"};
constexpr BinaryQuery select_code{
    "credit_codes.one",
    "select organisation_id, uscc, name, licence, entered_by, entered_at, confirmed_by, confirmed_at "
    "from credit_code where organisation_id = $1 and uscc = $2"};
constexpr BinaryQuery select_code_locked{
    "credit_codes.lock",
    "select organisation_id, uscc, name, licence, entered_by, entered_at, confirmed_by, confirmed_at "
    "from credit_code where organisation_id = $1 and uscc = $2 for update"};
constexpr BinaryQuery select_codes{
    "credit_codes.after",
    "select organisation_id, uscc, name, licence, entered_by, entered_at, confirmed_by, confirmed_at "
    "from credit_code where organisation_id = $1 and uscc > $2 order by uscc limit $3"};
constexpr BinaryQuery update_confirmed{"credit_codes.confirm",
                                       "update credit_code set confirmed_by = $3, confirmed_at = $4 "
                                       "where organisation_id = $1 and uscc = $2 and confirmed_by is null"};

CreditCode code_of(db::Rows::Row const& row) {
    return {.organisation = row.get<OrganisationId>(0),
            .uscc = row.get<std::string>(1),
            .name = row.get<std::string>(2),
            .licence = row.get<std::string>(3),
            .entered_by = row.get<AccountId>(4),
            .entered_at = row.get<Instant>(5),
            .confirmed_by = row.get<std::optional<AccountId>>(6),
            .confirmed_at = row.get<std::optional<Instant>>(7)};
}

}  // namespace

bool enter(db::PgSession& db, CreditCode const& c) {
    Params const row(c.organisation, c.uscc, c.name, c.licence, c.entered_by, c.entered_at);
    return db.exec(enter_code, row).affected() == 1;
}

std::optional<CreditCode> lock_credit_code(db::PgSession& db, OrganisationId organisation,
                                           std::string const& uscc) {
    return first_of(db.exec(select_code_locked, Params(organisation, uscc)), code_of);
}

void confirm_credit_code(db::PgSession& db, CreditCode const& c) {
    db.exec(update_confirmed, Params(c.organisation, c.uscc, c.confirmed_by, c.confirmed_at));
}

std::optional<CreditCode> credit_code(db::PgSession& db, OrganisationId organisation,
                                      std::string const& uscc) {
    return first_of(db.exec(select_code, Params(organisation, uscc)), code_of);
}

std::vector<CreditCode> credit_codes_after(db::PgSession& db, OrganisationId organisation,
                                           std::string const& after, int limit) {
    return all_of(db.exec(select_codes, Params(organisation, after, std::int32_t{limit})), code_of);
}

}  // namespace sponsio::store

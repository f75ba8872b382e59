#include "server/store/grants.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Settled = Grants::Update<&GrantRow::confirmed_by, &GrantRow::confirmed_at, &GrantRow::ended_by,
                               &GrantRow::ended_at, &GrantRow::proof, &GrantRow::proof_key>;
constexpr BinaryQuery insert_grant{"grants.insert", sql<Grants::insert>};
constexpr BinaryQuery select_locked{"grants.lock", sql<Grants::select, "where grant_id = $1 for update">};
constexpr BinaryQuery update_grant{"grants.update", sql<Settled::text>};
constexpr BinaryQuery select_in_force{
    "grants.in_force", sql<Grants::select,
                           "where account_id = $1 and confirmed_at is not null and ended_at is null and "
                           "from_at <= $2 and until_at > $2 order by grant_id">};
constexpr BinaryQuery select_after{
    "grants.after", sql<Grants::select,
                        "where grant_id > $1 and ($2 or account_id in (select account_id from account where "
                        "organisation_id = any($3))) order by grant_id limit $4">};

}  // namespace

void insert(db::PgSession& db, GrantRow const& grant) {
    db.exec(insert_grant, Grants::values(grant));
}

std::optional<GrantRow> lock_grant(db::PgSession& db, GrantId id) {
    return first_of(db.exec(select_locked, Params(id)), Grants::read);
}

void update(db::PgSession& db, GrantRow const& grant) {
    db.exec(update_grant, Settled::values(grant));
}

std::vector<GrantRow> grants_in_force(db::PgSession& db, AccountId account, Instant at) {
    return all_of(db.exec(select_in_force, Params(account, at)), Grants::read);
}

std::vector<GrantRow> grants_after(db::PgSession& db, std::optional<std::vector<OrganisationId>> const& of,
                                   std::optional<GrantId> after, int limit) {
    return all_of(db.exec(select_after, Params()
                                            .add(after.value_or(GrantId{Uuid{}}))
                                            .add(!of)
                                            .add(array_of(of.value_or(std::vector<OrganisationId>{})))
                                            .add(std::int32_t{limit})),
                  Grants::read);
}

}  // namespace sponsio::store

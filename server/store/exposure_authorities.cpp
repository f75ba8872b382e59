#include "server/store/exposure_authorities.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Confirmed =
    ExposureAuthorities::Update<&ExposureAuthorityRow::confirmed_by, &ExposureAuthorityRow::confirmed_at,
                                &ExposureAuthorityRow::proof, &ExposureAuthorityRow::proof_key>;
constexpr BinaryQuery insert_authority{"exposure_authorities.insert", sql<ExposureAuthorities::insert>};
constexpr BinaryQuery select_locked{"exposure_authorities.lock",
                                    sql<ExposureAuthorities::select, "where authority_id = $1 for update">};
constexpr BinaryQuery update_authority{"exposure_authorities.update", sql<Confirmed::text>};
constexpr BinaryQuery select_confirmed{
    "exposure_authorities.confirmed",
    sql<ExposureAuthorities::select,
        "where confirmed_at is not null and ($1::text is null or region_code = $1) "
        "order by region_code, authority, confirmed_at desc, authority_id desc">};
constexpr BinaryQuery select_after{"exposure_authorities.after",
                                   sql<ExposureAuthorities::select,
                                       "where authority_id > $1 and ($2 or organisation_id = any($3)) "
                                       "order by authority_id limit $4">};

}  // namespace

void insert(db::PgSession& db, ExposureAuthorityRow const& row) {
    db.exec(insert_authority, ExposureAuthorities::values(row));
}

std::optional<ExposureAuthorityRow> lock_exposure_authority(db::PgSession& db, ExposureAppointmentId id) {
    return first_of(db.exec(select_locked, Params(id)), ExposureAuthorities::read);
}

void update(db::PgSession& db, ExposureAuthorityRow const& row) {
    db.exec(update_authority, Confirmed::values(row));
}

std::vector<ExposureAuthorityRow> confirmed_authorities(db::PgSession& db,
                                                        std::optional<std::string> const& region) {
    return all_of(db.exec(select_confirmed, Params(region)), ExposureAuthorities::read);
}

std::vector<ExposureAuthorityRow> exposure_authorities_after(
    db::PgSession& db, std::optional<std::vector<OrganisationId>> const& of,
    std::optional<ExposureAppointmentId> after, int limit) {
    return all_of(db.exec(select_after, Params()
                                            .add(after.value_or(ExposureAppointmentId{Uuid{}}))
                                            .add(!of)
                                            .add(array_of(of.value_or(std::vector<OrganisationId>{})))
                                            .add(std::int32_t{limit})),
                  ExposureAuthorities::read);
}

}  // namespace sponsio::store

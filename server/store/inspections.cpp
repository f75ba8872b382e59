#include "server/store/inspections.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::InspectionState;

constexpr BinaryQuery insert_inspection{
    "inspections.insert",
    "insert into inspection (inspection_id, task_id, commitment_code, organisation_id, planned_on, "
    "requested_by, requested_at, why, wrapped_key, master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8, "
    "$9, $10) on conflict do nothing returning true"};
constexpr BinaryQuery update_inspection{
    "inspections.update",
    "update inspection set state = $2, check_code = $3, carried_out_at = $4 where inspection_id = $1"};
constexpr BinaryQuery decide_inspection{
    "inspections.decide",
    "update inspection set state = $2, decided_by = $3, decided_at = $4, decision = $5, decision_wrapped_key "
    "= $6, decision_master_key_id = $7, check_code = $8 where inspection_id = $1"};
constexpr SqlPiece columns{
    "select inspection_id, task_id, commitment_code, organisation_id, planned_on, requested_by, "
    "requested_at, state, why, wrapped_key, master_key_id, check_code, carried_out_at, "};
constexpr SqlPiece of_task{"from inspection where task_id = $1 "};
constexpr BinaryQuery select_open{
    "inspections.lock_open",
    sql<columns, decision_columns, of_task, "and state in (",
        quoted<InspectionState::requested, InspectionState::approved>, ") for update">};
constexpr BinaryQuery select_of_task{"inspections.of_task",
                                     sql<columns, decision_columns, of_task, "order by inspection_id">};
constexpr BinaryQuery select_by_code{"inspections.by_code",
                                     sql<columns, decision_columns, "from inspection where check_code = $1">};
constexpr BinaryQuery lock_year{"inspections.lock_year",
                                "select pg_advisory_xact_lock(63, hashtext($1::uuid::text || $2::int4))"};
constexpr BinaryQuery count_of_year{
    "inspections.count",
    sql<"select count(*) from inspection i join commitment c on c.code = i.commitment_code where "
        "i.organisation_id = $1 and i.planned_on >= make_date($2, 1, 1) and i.planned_on < "
        "make_date($2 + 1, 1, 1) and c.committer_index = $3 and i.state in (",
        quoted<InspectionState::approved, InspectionState::carried_out>, ")">};

using Caps =
    Table<"inspection_cap", InspectionCapRow, Column<"organisation_id", &InspectionCapRow::organisation>,
          Column<"year", &InspectionCapRow::year>, Column<"serial", &InspectionCapRow::serial>,
          Column<"most", &InspectionCapRow::most>, Column<"published_by", &InspectionCapRow::published_by>,
          Column<"published_at", &InspectionCapRow::published_at>>;

constexpr BinaryQuery select_cap{
    "inspection_caps.of_year",
    sql<Caps::select, "where organisation_id = $1 and year = $2 order by serial desc limit 1">};
constexpr BinaryQuery select_caps{
    "inspection_caps.of_unit",
    sql<Caps::select,
        "where organisation_id = $1 and not exists (select from inspection_cap later where "
        "later.organisation_id = inspection_cap.organisation_id and later.year = "
        "inspection_cap.year and later.serial > inspection_cap.serial) order by year desc">};
constexpr BinaryQuery insert_cap{"inspection_caps.insert",
                                 sql<Caps::insert, " on conflict do nothing returning true">};

InspectionRow inspection_of(db::Rows::Row const& row) {
    return {{.id = row.get<InspectionId>(0),
             .asked_by = row.get<AccountId>(5),
             .asked_at = row.get<Instant>(6),
             .why = sealed_at(row, 8),
             .decision = decision_at(row, 13)},
            row.get<TaskId>(1),
            row.get<std::string>(2),
            row.get<OrganisationId>(3),
            row.get<Date>(4),
            word_at<InspectionState>(row, 7),
            row.get<std::optional<std::string>>(11),
            row.get<std::optional<Instant>>(12)};
}

}  // namespace

bool insert(db::PgSession& db, InspectionRow const& i) {
    Params params(i.id, i.task, i.commitment_code, i.organisation, i.planned_on, i.asked_by, i.asked_at);
    return !db.exec(insert_inspection, add(params, i.why)).empty();
}

void decide(db::PgSession& db, InspectionRow const& i) {
    db.exec(decide_inspection, decision_params(i, domain::word(i.state)).add(i.check_code));
}

void update(db::PgSession& db, InspectionRow const& i) {
    db.exec(update_inspection, Params(i.id, domain::word(i.state), i.check_code, i.carried_out_at));
}

std::optional<InspectionRow> lock_open_inspection(db::PgSession& db, TaskId task) {
    return first_of(db.exec(select_open, Params(task)), inspection_of);
}

std::vector<InspectionRow> inspections_of(db::PgSession& db, TaskId task) {
    return all_of(db.exec(select_of_task, Params(task)), inspection_of);
}

std::optional<InspectionRow> inspection_by_code(db::PgSession& db, std::string const& check_code) {
    return first_of(db.exec(select_by_code, Params(check_code)), inspection_of);
}

int count_inspections(db::PgSession& db, OrganisationId unit, int year,
                      std::vector<std::uint8_t> const& committer_index) {
    db.exec(lock_year, Params(unit, year));
    auto const rows = db.exec(count_of_year, Params(unit, year, committer_index));
    return static_cast<int>(rows[0].get<std::int64_t>(0));
}

std::optional<InspectionCapRow> inspection_cap(db::PgSession& db, OrganisationId unit, int year) {
    return first_of(db.exec(select_cap, Params(unit, year)), Caps::read);
}

std::vector<InspectionCapRow> inspection_caps_of(db::PgSession& db, OrganisationId unit) {
    return all_of(db.exec(select_caps, Params(unit)), Caps::read);
}

bool insert(db::PgSession& db, InspectionCapRow const& cap) {
    return !db.exec(insert_cap, Caps::values(cap)).empty();
}

}  // namespace sponsio::store

#include "server/store/objections.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using R = ObjectionRow;
using C = CorrectionRow;

using Objections =
    Table<"objection", R, Column<"objection_id", &R::id>, Column<"record_id", &R::record>,
          Column<"organisation_id", &R::organisation>, Column<"channel", &R::channel>,
          Column<"ground", &R::ground>, Column<"identity_check", &R::identity_check>,
          Column<"paper_digest", &R::paper>, Column<"platform_reference", &R::platform_reference>,
          Column<"received_on", &R::received_on>, Column<"filed_by", &R::filed_by>,
          Column<"filed_at", &R::filed_at>, Column<"due_at", &R::due_at>, Column<"rule", &R::rule>,
          Column<"platform_due_at", &R::platform_due_at>, Column<"platform_rule", &R::platform_rule>,
          Column<"state", &R::state>, Column<"outcome", &R::outcome>, Column<"proposed_by", &R::proposed_by>,
          Column<"decided_by", &R::decided_by>, Column<"decided_at", &R::decided_at>,
          Column<"number", &R::number>, Column<"extended_by", &R::extended_by>>;
using Change = Objections::Update<&R::state, &R::outcome, &R::proposed_by, &R::decided_by, &R::decided_at,
                                  &R::number, &R::extended_by, &R::due_at, &R::rule>;
using Corrections =
    Table<"record_correction", C, Column<"finding_id", &C::finding>, Column<"serial", &C::serial>,
          Column<"case_id", &C::of>, Column<"number", &C::number>, SealedColumn<"content", &C::content>,
          Column<"proof", &C::proof>, Column<"proof_key", &C::proof_key>, Column<"made_at", &C::made_at>>;

constexpr BinaryQuery insert_objection{"objections.insert", sql<Objections::insert>};
constexpr BinaryQuery update_objection{"objections.update", sql<Change::text>};
constexpr BinaryQuery select_one{"objections.by_id", sql<Objections::select, "where objection_id = $1">};
constexpr BinaryQuery lock_one{"objections.lock",
                               sql<Objections::select, "where objection_id = $1 for update">};
constexpr BinaryQuery select_list{
    "objections.list",
    sql<Objections::select,
        "where ($1 or organisation_id = any($2)) and ($3::text is null or state = $3) and ($4::uuid is null "
        "or "
        "record_id = $4) and ($5::uuid is null or objection_id > $5) order by objection_id limit $6">};
constexpr BinaryQuery insert_correction{"objections.correct", sql<Corrections::insert>};
constexpr BinaryQuery select_corrections{
    "objections.corrections",
    sql<"select distinct on (finding_id) ", Corrections::list,
        " from record_correction where finding_id = any($1) order by finding_id, serial desc">};

}  // namespace

void insert(db::PgSession& db, ObjectionRow const& row) {
    db.exec(insert_objection, Objections::values(row));
}

void update(db::PgSession& db, ObjectionRow const& row) {
    db.exec(update_objection, Change::values(row));
}

std::optional<ObjectionRow> objection_by_id(db::PgSession& db, ObjectionId id) {
    return first_of(db.exec(select_one, Params(id)), Objections::read);
}

std::optional<ObjectionRow> lock_objection(db::PgSession& db, ObjectionId id) {
    return first_of(db.exec(lock_one, Params(id)), Objections::read);
}

std::vector<ObjectionRow> objections_after(db::PgSession& db, ObjectionList const& list) {
    Params params(!list.of);
    params.add(array_of(list.of.value_or(std::vector<OrganisationId>{})))
        .add(optional_word(list.state))
        .add(list.record)
        .add(list.after)
        .add(std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Objections::read);
}

std::string correction_label(FindingId finding, std::int32_t serial) {
    return "record_correction.content:" + finding.text() + ":" + std::to_string(serial);
}

void insert(db::PgSession& db, CorrectionRow const& row) {
    db.exec(insert_correction, Corrections::values(row));
}

std::vector<CorrectionRow> newest_corrections(db::PgSession& db, std::vector<FindingId> const& findings) {
    if (findings.empty()) return {};
    return all_of(db.exec(select_corrections, Params().add(array_of(findings))), Corrections::read);
}

}  // namespace sponsio::store

#include "server/store/repairs.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using R = RepairRow;

using Repairs =
    Table<"repair", R, Column<"repair_id", &R::id>, Column<"record_id", &R::record>,
          Column<"organisation_id", &R::organisation>, Column<"identity_check", &R::identity_check>,
          Column<"paper_digest", &R::paper>, Column<"corrected_on", &R::corrected_on>,
          Column<"filed_by", &R::filed_by>, Column<"filed_at", &R::filed_at>, Column<"due_at", &R::due_at>,
          Column<"rule", &R::rule>, Column<"answer_due_at", &R::answer_due_at>,
          Column<"answer_rule", &R::answer_rule>, Column<"state", &R::state>,
          Column<"correction_evidence_id", &R::correction>, Column<"commitment_evidence_id", &R::commitment>,
          Column<"accepted_by", &R::accepted_by>, Column<"decided_by", &R::decided_by>,
          Column<"decided_at", &R::decided_at>, Column<"number", &R::number>,
          Column<"extended_by", &R::extended_by>, Column<"revoked_by", &R::revoked_by>,
          Column<"barred_until", &R::barred_until>>;
using Change = Repairs::Update<&R::state, &R::due_at, &R::rule, &R::correction, &R::commitment,
                               &R::accepted_by, &R::decided_by, &R::decided_at, &R::number, &R::extended_by,
                               &R::revoked_by, &R::barred_until>;

constexpr BinaryQuery insert_repair{"repairs.insert", sql<Repairs::insert>};
constexpr BinaryQuery update_repair{"repairs.update", sql<Change::text>};
constexpr BinaryQuery select_one{"repairs.by_id", sql<Repairs::select, "where repair_id = $1">};
constexpr BinaryQuery lock_one{"repairs.lock", sql<Repairs::select, "where repair_id = $1 for update">};
constexpr BinaryQuery select_list{
    "repairs.list",
    sql<Repairs::select,
        "where ($1 or organisation_id = any($2)) and ($3::text is null or state = $3) and ($4::uuid is null "
        "or "
        "record_id = $4) and ($5::uuid is null or repair_id > $5) order by repair_id limit $6">};
constexpr BinaryQuery select_bar{
    "repairs.barred_until",
    "select p.barred_until from record_draft d join record_draft o on o.subject_index = d.subject_index join "
    "repair p on p.record_id = o.record_id where d.record_id = $1 and p.barred_until > $2 order by "
    "p.barred_until desc limit 1"};

}  // namespace

void insert(db::PgSession& db, RepairRow const& row) {
    db.exec(insert_repair, Repairs::values(row));
}

void update(db::PgSession& db, RepairRow const& row) {
    db.exec(update_repair, Change::values(row));
}

std::optional<RepairRow> repair_by_id(db::PgSession& db, RepairId id) {
    return first_of(db.exec(select_one, Params(id)), Repairs::read);
}

std::optional<RepairRow> lock_repair(db::PgSession& db, RepairId id) {
    return first_of(db.exec(lock_one, Params(id)), Repairs::read);
}

std::vector<RepairRow> repairs_after(db::PgSession& db, RepairList const& list) {
    Params params(!list.of);
    params.add(array_of(list.of.value_or(std::vector<OrganisationId>{})))
        .add(optional_word(list.state))
        .add(list.record)
        .add(list.after)
        .add(std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Repairs::read);
}

std::optional<Instant> barred_until(db::PgSession& db, RecordId record, Instant now) {
    return value_of<Instant>(db.exec(select_bar, Params(record, now)));
}

}  // namespace sponsio::store

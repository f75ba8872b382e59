#include "server/store/row_proofs.hpp"

#include "server/db/pipeline.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr std::string_view tables[] = {
    "absence",
    "account_change",
    "assist_ticket",
    "campaign",
    "campaign_count",
    "campaign_task",
    "case_step",
    "credit_code",
    "department_check",
    "document_period",
    "draw_explanation",
    "eligibility_question",
    "erased_status",
    "erasure",
    "evidence",
    "evidence_exclusion",
    "exposure",
    "exposure_report",
    "finding_clock",
    "finding_earlier_draft",
    "finding_evidence",
    "finding_open_clock",
    "fixed_name",
    "inspector_conflict",
    "inspection",
    "inspection_cap",
    "late_service",
    "matter_proposal",
    "notice",
    "objection",
    "organisation_name",
    "publicity",
    "record_cause",
    "record_draft",
    "rectification",
    "refusal_slip",
    "removal",
    "removal_receiver",
    "repair",
    "revocation",
    "serious_listing",
    "service_of_document",
    "submission_record",
    "task_earlier_conclusion",
    "task_note",
    "task_recusal",
    "task_reopening",
    "task_retraction",
    "verification_task",
    "withdrawal",
    "withdrawal_request",
};

/// Null parts of a key travel as empty texts, which no key has.
constexpr SqlPiece columns{
    "select table_name, array(select coalesce(part, '') from unnest(row_key) as k (part)), digest, proof, "
    "proof_key"};

constexpr BinaryQuery select_present{"row_notes.present",
                                     sql<columns,
                                         ", null::bytea from row_proof where proof is null and written_in = "
                                         "pg_current_xact_id_if_assigned()">};
constexpr BinaryQuery select_unproven{
    "row_notes.unproven", sql<columns,
                              ", null::bytea from row_proof where proof is null and digest = "
                              "row_digest(to_regclass(table_name), row_key) limit 1000 for update">};
constexpr BinaryQuery select_after{
    "row_notes.after",
    sql<columns,
        ", row_digest(to_regclass(table_name), row_key) from row_proof where (table_name, row_key) > "
        "($1, array(select nullif(part, '') from unnest($2::text[]) as k (part))) "
        "order by table_name, row_key limit $3">};
/// One note at a time: keys are arrays of different lengths, and unnest() would join them.
constexpr BinaryQuery update_proof{
    "row_notes.prove",
    "update row_proof set proof = $3, proof_key = $4 where table_name = $1 and row_key = "
    "array(select nullif(part, '') from unnest($2::text[]) as k (part))"};
constexpr BinaryQuery select_kept{"row_notes.kept", "select row_notes_are_kept($1::text::regclass)"};

RowNote read(db::Rows::Row const& row) {
    RowNote note{
        .table = row.get<std::string>(0), .key = row.get_array<std::string>(1), .digest = row.get<Digest>(2)};
    if (!row.is_null(3)) note.proof = Proof{row.get<Digest>(3), row.get<std::string>(4)};
    note.now = row.get<std::optional<Digest>>(5);
    return note;
}

}  // namespace

std::span<std::string_view const> noted_tables() {
    return tables;
}

std::string name_of(RowNote const& note) {
    std::string name = note.table;
    for (std::string const& part : note.key) name += " " + (part.empty() ? "-" : part);
    return name;
}

std::vector<RowNote> notes_of_this_transaction(db::PgSession& db) {
    return all_of(db.exec(select_present), read);
}

std::vector<RowNote> notes_without_proof(db::PgSession& db) {
    return all_of(db.exec(select_unproven), read);
}

void prove(db::PgSession& db, std::vector<RowNote> const& notes) {
    db::Pipeline updates;
    for (RowNote const& note : notes)
        updates.add(update_proof, Params(note.table, array_of(note.key), note.proof->value, note.proof->key));
    if (updates.size() != 0) updates.run(db);
}

std::vector<RowNote> row_notes_after(db::PgSession& db, std::string_view table,
                                     std::vector<std::string> const& key, int limit) {
    return all_of(db.exec(select_after, Params(table, array_of(key), limit)), read);
}

std::vector<std::string> tables_without_notes(db::PgSession& db) {
    std::vector<std::string> without;
    for (std::string_view const table : tables)
        if (!db.exec(select_kept, Params(table))[0].get<bool>(0)) without.emplace_back(table);
    return without;
}

}  // namespace sponsio::store

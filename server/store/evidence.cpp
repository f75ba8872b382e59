#include "server/store/evidence.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_evidence{
    "evidence.insert",
    "insert into evidence (evidence_id, task_id, finding_id, commitment_code, case_id, kind, size_bytes, "
    "digest, label, wrapped_key, master_key_id, content, added_by, added_at) values ($1, $2, $3, $4, $5, $6, "
    "$7, $8, $9, $10, $11, $12, $13, $14)"};
constexpr BinaryQuery insert_one_chunk{
    "evidence.insert_chunk",
    "insert into evidence_chunk (evidence_id, chunk_no, content) values ($1, $2, $3)"};
constexpr BinaryQuery insert_exclusion{
    "evidence.exclude",
    "insert into evidence_exclusion (evidence_id, excluded_by, excluded_at, why, wrapped_key, master_key_id) "
    "values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning true"};
constexpr SqlPiece columns{
    "select e.evidence_id, e.kind, e.size_bytes, e.digest, e.label, e.wrapped_key, e.master_key_id, "
    "e.added_by, e.added_at, x.excluded_by, x.excluded_at, x.why, x.wrapped_key, x.master_key_id"};
constexpr SqlPiece pieces{" from evidence e left join evidence_exclusion x using (evidence_id) "};
// One of the four is given; that one has an index.
constexpr SqlPiece held{"(e.task_id = $1 or e.finding_id = $2 or e.commitment_code = $3 or e.case_id = $4)"};
constexpr BinaryQuery select_held{"evidence.held",
                                  sql<columns, pieces, "where ", held, " order by e.evidence_id">};
constexpr BinaryQuery count_of_task{
    "evidence.count", sql<"select count(*)", pieces, "where e.task_id = $1 and x.evidence_id is null">};
constexpr BinaryQuery count_ever{"evidence.ever", sql<"select count(*) from evidence e where ", held>};
constexpr BinaryQuery count_added_after{
    "evidence.added_after",
    "select count(*) from (select evidence_id from evidence where task_id = $1 order by added_at, "
    "evidence_id "
    "offset $2) fresh where not exists (select from evidence_exclusion x where x.evidence_id = "
    "fresh.evidence_id)"};
constexpr BinaryQuery select_file{
    "evidence.file",
    sql<columns,
        ", e.content, (select count(*)::int4 from evidence_chunk c where c.evidence_id = e.evidence_id)",
        pieces, "where ", held, " and e.evidence_id = $5">};
constexpr BinaryQuery select_chunk{
    "evidence.chunk", "select content from evidence_chunk where evidence_id = $1 and chunk_no = $2"};

EvidenceRow piece_of(EvidenceHolder const& holder, db::Rows::Row const& row) {
    EvidenceRow piece{.id = row.get<EvidenceId>(0),
                      .holder = holder,
                      .kind = word_at<domain::EvidenceKind>(row, 1),
                      .size = row.get<std::int32_t>(2),
                      .digest = row.get<Digest>(3),
                      .label = sealed_at(row, 4),
                      .added_by = row.get<std::optional<AccountId>>(7),
                      .added_at = row.get<Instant>(8)};
    if (!row.is_null(9)) piece.excluded = {row.get<AccountId>(9), row.get<Instant>(10), sealed_at(row, 11)};
    return piece;
}

template <class One>
std::optional<One> if_it_is(EvidenceHolder const& holder) {
    auto const* one = std::get_if<One>(&holder);
    return one ? std::optional(*one) : std::nullopt;
}

/// Adds the holder as the four columns of which it fills one.
Params& add_holder(Params& params, EvidenceHolder const& holder) {
    auto const files = if_it_is<CaseFiles>(holder);
    return params.add(if_it_is<TaskId>(holder))
        .add(if_it_is<FindingId>(holder))
        .add(if_it_is<std::string>(holder))
        .add(files ? std::optional(files->of) : std::nullopt);
}

Params params_of(EvidenceHolder const& holder) {
    Params params;
    add_holder(params, holder);
    return params;
}

std::size_t count_by(db::PgSession& db, BinaryQuery const& query, Params const& params) {
    return static_cast<std::size_t>(db.exec(query, params)[0].get<std::int64_t>(0));
}

}  // namespace

void insert(db::PgSession& db, EvidenceRow const& e,
            std::optional<std::vector<std::uint8_t>> const& content) {
    Params params(e.id);
    add_holder(params, e.holder).add(domain::word(e.kind)).add(e.size).add(e.digest);
    add(params, e.label).add(content).add(e.added_by).add(e.added_at);
    db.exec(insert_evidence, params);
}

void insert_chunk(db::PgSession& db, EvidenceId id, std::int32_t number,
                  std::vector<std::uint8_t> const& content) {
    db.exec(insert_one_chunk, Params(id, number, content));
}

bool insert(db::PgSession& db, EvidenceId id, EvidenceExclusion const& exclusion) {
    Params params(id, exclusion.by, exclusion.at);
    add(params, exclusion.why);
    return !db.exec(insert_exclusion, params).empty();
}

std::vector<EvidenceRow> evidence_of(db::PgSession& db, EvidenceHolder const& holder) {
    return all_of(db.exec(select_held, params_of(holder)),
                  [&](db::Rows::Row const& row) { return piece_of(holder, row); });
}

std::size_t evidence_count(db::PgSession& db, TaskId task) {
    return count_by(db, count_of_task, Params(task));
}

std::size_t evidence_ever(db::PgSession& db, EvidenceHolder const& holder) {
    return count_by(db, count_ever, params_of(holder));
}

std::size_t evidence_added_after(db::PgSession& db, TaskId task, std::size_t before) {
    return count_by(db, count_added_after, Params(task, static_cast<std::int64_t>(before)));
}

std::optional<EvidenceFile> evidence_file(db::PgSession& db, EvidenceHolder const& holder, EvidenceId id) {
    Params params = params_of(holder);
    db::Rows const rows = db.exec(select_file, params.add(id));
    if (rows.empty()) return std::nullopt;
    return EvidenceFile{piece_of(holder, rows[0]), rows[0].get<std::optional<std::vector<std::uint8_t>>>(14),
                        rows[0].get<std::int32_t>(15)};
}

std::optional<std::vector<std::uint8_t>> evidence_chunk(db::PgSession& db, EvidenceId id,
                                                        std::int32_t number) {
    return value_of<std::vector<std::uint8_t>>(db.exec(select_chunk, Params(id, number)));
}

}  // namespace sponsio::store

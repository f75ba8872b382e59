#include "server/store/evidence.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_evidence{
    "evidence.insert",
    "insert into evidence (evidence_id, task_id, kind, size_bytes, digest, label, wrapped_key, "
    "master_key_id, "
    "content, added_by, added_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr BinaryQuery select_of_task{
    "evidence.of_task",
    "select evidence_id, task_id, kind, size_bytes, digest, label, wrapped_key, master_key_id, added_by, "
    "added_at from evidence where task_id = $1 order by evidence_id"};
constexpr BinaryQuery count_of_task{"evidence.count", "select count(*) from evidence where task_id = $1"};
constexpr BinaryQuery select_file{
    "evidence.file",
    "select evidence_id, task_id, kind, size_bytes, digest, label, wrapped_key, master_key_id, added_by, "
    "added_at, content from evidence where task_id = $1 and evidence_id = $2"};

EvidenceRow evidence_of(db::Rows::Row const& row) {
    return {.id = row.get<EvidenceId>(0),
            .task = row.get<TaskId>(1),
            .kind = word_at<domain::EvidenceKind>(row, 2),
            .size = row.get<std::int32_t>(3),
            .digest = row.get<Digest>(4),
            .label = sealed_at(row, 5),
            .added_by = row.get<std::optional<AccountId>>(8),
            .added_at = row.get<Instant>(9)};
}

}  // namespace

void insert(db::PgSession& db, EvidenceRow const& e, std::vector<std::uint8_t> const& content) {
    Params params(e.id, e.task, domain::word(e.kind), e.size, e.digest);
    add(params, e.label).add(content).add(e.added_by).add(e.added_at);
    db.exec(insert_evidence, params);
}

std::vector<EvidenceRow> evidence_of_task(db::PgSession& db, TaskId task) {
    return all_of(db.exec(select_of_task, Params(task)), evidence_of);
}

std::size_t evidence_count(db::PgSession& db, TaskId task) {
    return static_cast<std::size_t>(db.exec(count_of_task, Params(task))[0].get<std::int64_t>(0));
}

std::optional<EvidenceFile> evidence_file(db::PgSession& db, TaskId task, EvidenceId id) {
    db::Rows const rows = db.exec(select_file, Params(task, id));
    if (rows.empty()) return std::nullopt;
    return EvidenceFile{evidence_of(rows[0]), rows[0].get<std::vector<std::uint8_t>>(10)};
}

}  // namespace sponsio::store

#include "server/store/status.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::Array;
using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery lock_newest{
    "status.lock_newest",
    "select list_no, size, used, version from status_list order by list_no desc limit 1 for update"};
constexpr BinaryQuery insert_list{
    "status.create_list",
    "insert into status_list (list_no, size, created_at) values ($1, $2, $3) on conflict do nothing"};
constexpr BinaryQuery select_list{"status.list",
                                  "select list_no, size, used, version from status_list where list_no = $1"};
constexpr BinaryQuery select_used{
    "status.used", "select idx from status_entry where list_no = $1 and idx = any($2) order by idx"};
constexpr BinaryQuery insert_entries{
    "status.insert",
    "with entry as (insert into status_entry (list_no, idx, record_id, changed_at) "
    "select q.list_no, q.idx, q.record_id, $4 "
    "from unnest($1::int4[], $2::int4[], $3::uuid[]) as q(list_no, idx, record_id) returning list_no) "
    "update status_list l set used = l.used + n.taken "
    "from (select list_no, count(*)::int4 as taken from entry group by list_no) n "
    "where l.list_no = n.list_no"};
constexpr BinaryQuery select_status{
    "status.of_record",
    "select record_id, list_no, idx, status, changed_at from status_entry where record_id = $1"};
constexpr BinaryQuery select_status_locked{
    "status.lock",
    "select record_id, list_no, idx, status, changed_at from status_entry where record_id = $1 for update"};
constexpr BinaryQuery update_status{
    "status.change",
    "with entry as (update status_entry set status = $2, changed_at = $3 where record_id = $1 "
    "returning list_no) "
    "update status_list l set version = l.version + 1 from entry where l.list_no = entry.list_no"};
constexpr BinaryQuery insert_change{
    "status.insert_change",
    "insert into status_change (record_id, serial, status, changed_at, content, wrapped_key, master_key_id, "
    "digest) values ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr BinaryQuery select_changes{
    "status.changes",
    "select record_id, serial, status, changed_at, content, wrapped_key, master_key_id, digest "
    "from status_change where record_id = $1 order by serial"};
constexpr BinaryQuery select_changed{
    "status.changed",
    "select e.record_id, e.list_no, e.idx, e.status, e.changed_at, c.serial, c.status, c.changed_at, "
    "c.content, c.wrapped_key, c.master_key_id, c.digest, coalesce(l.leaves, 0), k.content, k.wrapped_key, "
    "k.master_key_id from status_entry e left join erased_status k using (record_id) "
    "left join (select subject, count(*) as leaves from log_leaf where kind = 'status' group by subject) l "
    "on l.subject = e.record_id::text "
    "left join (select distinct on (record_id) * from status_change order by record_id, serial desc) c "
    "using (record_id) "
    "where e.list_no = $1 and (e.status <> 0 or l.leaves > 0 or c.serial is not null) order by e.idx"};

domain::RecordStatus status_at(db::Rows::Row const& row, int column) {
    return static_cast<domain::RecordStatus>(row.get<std::int16_t>(column));
}

std::int16_t to_column(domain::RecordStatus status) {
    return static_cast<std::int16_t>(status);
}

StatusList list_of(db::Rows::Row const& row) {
    return {row.get<std::int32_t>(0), row.get<std::int32_t>(1), row.get<std::int32_t>(2),
            row.get<std::int64_t>(3)};
}

StatusRow status_row_of(db::Rows::Row const& row) {
    return {row.get<RecordId>(0),
            {row.get<std::int32_t>(1), row.get<std::int32_t>(2)},
            status_at(row, 3),
            row.get<Instant>(4)};
}

/// The change in the seven columns from that one on.
StatusChange change_at(db::Rows::Row const& row, RecordId record, int at) {
    return {record,
            row.get<std::int32_t>(at),
            status_at(row, at + 1),
            row.get<Instant>(at + 2),
            sealed_at(row, at + 3),
            row.get<Digest>(at + 6)};
}

}  // namespace

std::optional<StatusList> lock_newest_status_list(db::PgSession& db) {
    return first_of(db.exec(lock_newest), list_of);
}

void create_status_list(db::PgSession& db, std::int32_t list_no, std::int32_t size, Instant now) {
    db.exec(insert_list, Params(list_no, size, now));
}

std::vector<std::int32_t> used_status_indexes(db::PgSession& db, std::int32_t list_no,
                                              std::span<std::int32_t const> candidates) {
    return column_of<std::int32_t>(db.exec(select_used, Params().add(list_no).add(array_of(candidates))));
}

void insert_statuses(db::PgSession& db, std::span<NewStatus const> statuses, Instant now) {
    Array<std::int32_t> lists, indexes;
    Array<RecordId> records;
    for (NewStatus const& status : statuses) {
        lists.push(status.place.list_no);
        indexes.push(status.place.index);
        records.push(status.record);
    }
    db.exec(insert_entries, Params().add(lists).add(indexes).add(records).add(now));
}

std::optional<StatusRow> status_of(db::PgSession& db, RecordId record) {
    return first_of(db.exec(select_status, Params(record)), status_row_of);
}

std::optional<StatusRow> lock_status(db::PgSession& db, RecordId record) {
    return first_of(db.exec(select_status_locked, Params(record)), status_row_of);
}

std::vector<StatusChange> status_changes(db::PgSession& db, RecordId record) {
    return all_of(db.exec(select_changes, Params(record)),
                  [](auto const& row) { return change_at(row, row.template get<RecordId>(0), 1); });
}

void change_status(db::PgSession& db, StatusChange const& c) {
    db.exec(update_status, Params(c.record, to_column(c.status), c.changed_at));
    Params params(c.record, c.serial, to_column(c.status), c.changed_at);
    add(params, c.content).add(c.digest);
    db.exec(insert_change, params);
}

std::string status_label(RecordId record, std::int32_t serial) {
    return "status_change.content:" + record.text() + ":" + std::to_string(serial);
}

std::optional<StatusList> status_list(db::PgSession& db, std::int32_t list_no) {
    return first_of(db.exec(select_list, Params(list_no)), list_of);
}

std::vector<ChangedStatus> changed_statuses(db::PgSession& db, std::int32_t list_no) {
    return all_of(db.exec(select_changed, Params(list_no)), [](db::Rows::Row const& row) {
        ChangedStatus one{.entry = status_row_of(row), .last = std::nullopt, .logged = 0};
        if (!row.is_null(5)) one.last = change_at(row, one.entry.record, 5);
        one.logged = row.get<std::int64_t>(12);
        if (!row.is_null(13)) one.kept = sealed_at(row, 13);
        return one;
    });
}

}  // namespace sponsio::store

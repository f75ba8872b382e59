#include "server/store/log.hpp"

#include "server/store/feeds.hpp"

#include <stdexcept>

namespace sponsio::store {
namespace {

using db::Array;
using db::BinaryQuery;
using db::Params;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery select_heads{"log.heads",
                                   "select shard, origin, size, root, checkpoint, signed_at, frozen_why, "
                                   "ended_at from log_shard order by shard"};
constexpr BinaryQuery select_head{"log.head",
                                  "select shard, origin, size, root, checkpoint, signed_at, frozen_why, "
                                  "ended_at from log_shard where shard = $1"};
constexpr BinaryQuery lock_head{
    "log.lock_head",
    "select shard, origin, size, root, checkpoint, signed_at, frozen_why, ended_at, lease_holder "
    "from log_shard where shard = $1 for update"};
constexpr BinaryQuery insert_shard{
    "log.create",
    "insert into log_shard (shard, origin, size, root, checkpoint, signed_at, created_at) "
    "values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing returning shard"};
constexpr BinaryQuery update_freeze{
    "log.freeze", "update log_shard set frozen_why = coalesce(frozen_why, $2) where shard = $1"};
constexpr BinaryQuery update_thaw{"log.thaw", "update log_shard set frozen_why = null where shard = $1"};
constexpr BinaryQuery update_end{"log.end",
                                 "update log_shard set checkpoint = $2, signed_at = $3, ended_at = $3, "
                                 "frozen_why = null where shard = $1"};

constexpr BinaryQuery select_tiles{
    "log.tiles",
    "select t.level, t.index, t.root, t.hashes from unnest($2::int2[], $3::int8[]) as q(level, index) "
    "join log_tile t on t.shard = $1 and t.level = q.level and t.index = q.index"};
constexpr BinaryQuery select_roots{
    "log.roots",
    "select root from log_tile where shard = $1 and level = $2 and index >= $3 and index < $3 + $4 "
    "order by index"};
constexpr BinaryQuery select_runs{
    "log.runs",
    "select first_index, next_index, entries, checkpoint from log_run "
    "where shard = $1 and first_index >= $2 and first_index < $3 order by first_index"};
// The run with the entry begins in the entry's bundle; its checkpoint is on that run or on one soon after.
constexpr BinaryQuery select_first_checkpoint{
    "log.first_checkpoint",
    "select next_index, checkpoint from log_run where shard = $1 and first_index >= $2 / 256 * 256 "
    "and next_index > $2 and checkpoint is not null order by first_index limit 1"};
constexpr BinaryQuery select_checkpoint{
    "log.checkpoint",
    "select checkpoint from log_run where shard = $1 and first_index >= ($2 - 1) / 256 * 256 "
    "and first_index < $2 and next_index = $2 and checkpoint is not null"};

constexpr BinaryQuery insert_leaf_rows{
    "log.insert_leaves",
    "insert into log_leaf (kind, subject, entry, content, created_at) "
    "select q.kind, q.subject, q.entry, q.content, $5 "
    "from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as q(kind, subject, entry, content)"};
constexpr BinaryQuery select_about{
    "log.leaves_about",
    "select leaf_id, kind, subject, entry, content, created_at, shard, leaf_index from log_leaf "
    "where kind = $1 and subject = $2 order by leaf_id"};
constexpr BinaryQuery select_kind{
    "log.leaves_of_kind",
    "select leaf_id, kind, subject, entry, content, created_at, shard, leaf_index from log_leaf "
    "where kind = $1 and leaf_id > $2 and leaf_id <= $4 order by leaf_id limit $3"};
constexpr BinaryQuery select_behind{
    "log.leaves_behind",
    "select leaf_id, kind, subject, entry, content, created_at, shard, leaf_index from log_leaf "
    "where leaf_id > $1 order by leaf_id limit $2"};
constexpr BinaryQuery select_first{
    "log.first_leaves",
    "select distinct on (subject) leaf_id, kind, subject, entry, content, created_at, shard, leaf_index "
    "from log_leaf where kind = $1 and subject = any($2) order by subject, leaf_id"};
constexpr BinaryQuery select_backlog{
    "log.backlog", "select count(*), min(created_at) from log_leaf where leaf_index is null"};
constexpr BinaryQuery take_pending{
    "log.take_pending",
    "select leaf_id, entry from log_leaf where leaf_index is null order by leaf_id limit $1 "
    "for update skip locked"};

constexpr BinaryQuery insert_runs{
    "log.insert_runs",
    "insert into log_run (shard, first_index, next_index, entries, checkpoint) "
    "select $1, q.first, q.next, q.entries, q.checkpoint "
    "from unnest($2::int8[], $3::int8[], $4::bytea[], $5::text[]) as q(first, next, entries, checkpoint)"};
constexpr BinaryQuery insert_tiles{
    "log.insert_tiles",
    "insert into log_tile (shard, level, index, root, hashes) select $1, q.level, q.index, q.root, q.hashes "
    "from unnest($2::int2[], $3::int8[], $4::bytea[], $5::bytea[]) as q(level, index, root, hashes)"};
constexpr BinaryQuery place_leaves{
    "log.place_leaves",
    "update log_leaf set shard = $1, leaf_index = q.index "
    "from unnest($2::int8[], $3::int8[]) as q(id, index) where leaf_id = q.id"};
constexpr BinaryQuery advance{"log.advance", "select log_advance($1, $2, $3, $4, $5, $6, $7, $8, $9)::text"};

// Advisory locks have two numbers: this one is the product's, the other is the shard, or a value below.
constexpr std::int32_t lock_space = 0x53504f4e;
constexpr std::int32_t waiting_sign = 0;
constexpr std::int32_t public_leaves = -1;
constexpr BinaryQuery lock_until_end{"log.lock_public_leaves", "select pg_advisory_xact_lock($1, $2)::text"};
constexpr BinaryQuery try_lock{"log.try_lock", "select pg_try_advisory_lock($1, $2)"};
constexpr BinaryQuery unlock{"log.unlock", "select pg_advisory_unlock($1, $2)"};
constexpr BinaryQuery lock_shared{"log.lock_shared", "select pg_try_advisory_lock_shared($1, $2)"};
constexpr BinaryQuery unlock_shared{"log.unlock_shared", "select pg_advisory_unlock_shared($1, $2)"};

// A row that a round has locked is in use by its holder.
constexpr BinaryQuery take_lease{
    "log.take_lease",
    "with free as (select shard from log_shard where shard = $1 and ($4 or lease_holder is null "
    "or lease_holder = $2 or lease_until < clock_timestamp()) for update skip locked) "
    "update log_shard s set lease_holder = $2, lease_until = clock_timestamp() + $3 * interval '1 ms' "
    "from free where s.shard = free.shard"};
constexpr BinaryQuery extend_lease{
    "log.renew_lease",
    "update log_shard set lease_until = clock_timestamp() + $3 * interval '1 ms' "
    "where shard = $1 and lease_holder = $2"};
constexpr BinaryQuery end_lease{
    "log.release_lease",
    "update log_shard set lease_holder = null, lease_until = null where shard = $1 and lease_holder = $2"};

std::int64_t to_column(std::uint64_t index) {
    return static_cast<std::int64_t>(index);
}

std::uint64_t index_at(db::Rows::Row const& row, int column) {
    return static_cast<std::uint64_t>(row.get<std::int64_t>(column));
}

std::int32_t term_of_lease() {
    return static_cast<std::int32_t>(lease_term.count());
}

LogHead head_of(db::Rows::Row const& row) {
    return {.shard = row.get<std::int16_t>(0),
            .origin = row.get<std::string>(1),
            .size = index_at(row, 2),
            .root = row.get<Digest>(3),
            .checkpoint = row.get<std::string>(4),
            .signed_at = row.get<Instant>(5),
            .frozen_why = row.get<std::optional<std::string>>(6),
            .ended_at = row.get<std::optional<Instant>>(7)};
}

LeafRow leaf_of(db::Rows::Row const& row) {
    LeafRow leaf{.id = row.get<std::int64_t>(0),
                 .leaf = {.kind = row.get<std::string>(1),
                          .subject = row.get<std::string>(2),
                          .entry = row.get<std::string>(3),
                          .content = row.get<std::optional<std::string>>(4)},
                 .created_at = row.get<Instant>(5),
                 .place = std::nullopt};
    if (!row.is_null(6)) leaf.place = LogPlace{row.get<std::int16_t>(6), index_at(row, 7)};
    return leaf;
}

std::vector<LeafRow> leaves_of(db::Rows const& rows) {
    std::vector<LeafRow> leaves;
    for (auto const& row : rows) leaves.push_back(leaf_of(row));
    return leaves;
}

}  // namespace

std::vector<LogHead> log_heads(db::PgSession& db) {
    std::vector<LogHead> heads;
    for (auto const& row : db.exec(select_heads)) heads.push_back(head_of(row));
    return heads;
}

std::optional<LogHead> log_head(db::PgSession& db, std::int16_t shard) {
    auto const rows = db.exec(select_head, Params(shard));
    if (rows.empty()) return std::nullopt;
    return head_of(rows[0]);
}

bool create_log_shard(db::PgSession& db, LogHead const& head) {
    return !db.exec(insert_shard, Params(head.shard, head.origin, to_column(head.size), head.root,
                                         head.checkpoint, head.signed_at))
                .empty();
}

void freeze_log(db::PgSession& db, std::int16_t shard, std::string const& why) {
    db.exec(update_freeze, Params(shard, why));
}

void thaw_log(db::PgSession& db, std::int16_t shard) {
    db.exec(update_thaw, Params(shard));
}

void end_log(db::PgSession& db, std::int16_t shard, std::string const& statement, Instant now) {
    db.exec(update_end, Params(shard, statement, now));
}

std::optional<LogHead> lock_log_head(db::PgSession& db, std::int16_t shard) {
    auto const rows = db.exec(lock_head, Params(shard));
    if (rows.empty()) return std::nullopt;
    return head_of(rows[0]);
}

std::vector<LogTileRow> full_tiles(db::PgSession& db, std::int16_t shard,
                                   std::vector<LogTileKey> const& wanted) {
    Array<std::int16_t> levels;
    Array<std::int64_t> indexes;
    for (LogTileKey const& key : wanted) {
        levels.push(key.level);
        indexes.push(to_column(key.index));
    }
    std::vector<LogTileRow> tiles;
    for (auto const& row : db.exec(select_tiles, Params().add(shard).add(levels).add(indexes)))
        tiles.push_back({{row.get<std::int16_t>(0), index_at(row, 1)}, row.get<Digest>(2), row.get<Blob>(3)});
    return tiles;
}

std::vector<Digest> tile_roots(db::PgSession& db, std::int16_t shard, std::int16_t level, std::uint64_t first,
                               std::uint64_t count) {
    std::vector<Digest> roots;
    for (auto const& row : db.exec(select_roots, Params(shard, level, to_column(first), to_column(count))))
        roots.push_back(row.get<Digest>(0));
    return roots;
}

std::vector<LogRun> log_runs(db::PgSession& db, std::int16_t shard, std::uint64_t first, std::uint64_t next) {
    std::vector<LogRun> runs;
    for (auto const& row : db.exec(select_runs, Params(shard, to_column(first), to_column(next))))
        runs.push_back(
            {index_at(row, 0), index_at(row, 1), row.get<Blob>(2), row.get<std::optional<std::string>>(3)});
    return runs;
}

std::optional<SizedCheckpoint> first_checkpoint_over(db::PgSession& db, std::int16_t shard,
                                                     std::uint64_t index) {
    auto const rows = db.exec(select_first_checkpoint, Params(shard, to_column(index)));
    if (rows.empty()) return std::nullopt;
    return SizedCheckpoint{index_at(rows[0], 0), rows[0].get<std::string>(1)};
}

std::optional<std::string> checkpoint_of_size(db::PgSession& db, std::int16_t shard, std::uint64_t size) {
    if (size == 0) return std::nullopt;
    auto const rows = db.exec(select_checkpoint, Params(shard, to_column(size)));
    if (rows.empty()) return std::nullopt;
    return rows[0].get<std::string>(0);
}

void lock_public_leaves(db::PgSession& db) {
    db.exec(lock_until_end, Params(lock_space, public_leaves));
}

void insert_leaf(db::PgSession& db, NewLeaf const& leaf, Instant now) {
    insert_leaves(db, std::span(&leaf, 1), now);
}

void insert_leaves(db::PgSession& db, std::span<NewLeaf const> leaves, Instant now) {
    Array<std::string> kinds, subjects, entries, contents;
    for (NewLeaf const& leaf : leaves) {
        kinds.push(leaf.kind);
        subjects.push(leaf.subject);
        entries.push(leaf.entry);
        contents.push(leaf.content);
    }
    db.exec(insert_leaf_rows, Params().add(kinds).add(subjects).add(entries).add(contents).add(now));
}

std::vector<LeafRow> leaves_about(db::PgSession& db, std::string const& kind, std::string const& subject) {
    return leaves_of(db.exec(select_about, Params(kind, subject)));
}

std::vector<LeafRow> leaves_of_kind(db::PgSession& db, std::string const& kind, std::int64_t after,
                                    int limit) {
    return leaves_of(
        db.exec(select_kind, Params(kind, after, std::int32_t{limit}, settled(db, Feed::leaves))));
}

std::vector<LeafRow> leaves_behind(db::PgSession& db, std::int64_t after, int limit) {
    return leaves_of(db.exec(select_behind, Params(after, std::int32_t{limit})));
}

std::vector<LeafRow> first_leaves(db::PgSession& db, std::string const& kind,
                                  std::vector<std::string> const& subjects) {
    Array<std::string> wanted;
    for (std::string const& subject : subjects) wanted.push(subject);
    return leaves_of(db.exec(select_first, Params().add(kind).add(wanted)));
}

std::pair<std::int64_t, std::optional<Instant>> pending_leaves(db::PgSession& db) {
    auto const rows = db.exec(select_backlog);
    return {rows[0].get<std::int64_t>(0), rows[0].get<std::optional<Instant>>(1)};
}

void ask_round_start(db::Pipeline& pipeline, std::int16_t shard, std::int32_t most_pending) {
    pipeline.add(lock_head, Params(shard));
    pipeline.add(take_pending, Params(most_pending));
}

RoundStart read_round_start(std::span<db::Rows const> answers) {
    if (answers.size() != round_start_statements)
        throw std::logic_error("not the answers of a round's start");
    RoundStart start;
    if (!answers[0].empty()) {
        start.head = head_of(answers[0][0]);
        start.holder = answers[0][0].get<std::optional<Uuid>>(8).value_or(Uuid{});
    }
    for (auto const& row : answers[1])
        start.pending.push_back({row.get<std::int64_t>(0), row.get<std::string>(1)});
    return start;
}

void add_growth(db::Pipeline& pipeline, LogGrowth const& growth) {
    Array<std::int64_t> first, next;
    Array<Blob> entries;
    Array<std::string> checkpoints;
    for (LogRun const& run : growth.runs) {
        first.push(to_column(run.first));
        next.push(to_column(run.next));
        entries.push(run.entries);
        checkpoints.push(run.checkpoint);
    }
    LogHead const& after = growth.after;
    pipeline.add(insert_runs, Params().add(after.shard).add(first).add(next).add(entries).add(checkpoints));
    if (!growth.tiles.empty()) {
        Array<std::int16_t> levels;
        Array<std::int64_t> indexes;
        Array<Digest> roots;
        Array<Blob> hashes;
        for (LogTileRow const& tile : growth.tiles) {
            levels.push(tile.key.level);
            indexes.push(to_column(tile.key.index));
            roots.push(tile.root);
            hashes.push(tile.hashes);
        }
        pipeline.add(insert_tiles, Params().add(after.shard).add(levels).add(indexes).add(roots).add(hashes));
    }
    if (!growth.taken.empty()) {
        Array<std::int64_t> ids, indexes;
        for (auto const& [id, index] : growth.taken) {
            ids.push(id);
            indexes.push(to_column(index));
        }
        pipeline.add(place_leaves, Params().add(after.shard).add(ids).add(indexes));
    }
    pipeline.add(advance,
                 Params(after.shard, to_column(growth.before.size), growth.before.root, to_column(after.size),
                        after.root, after.checkpoint, after.signed_at, growth.holder, term_of_lease()));
}

bool try_lease(db::PgSession& db, std::int16_t shard, Uuid const& holder) {
    Params const place(lock_space, std::int32_t{shard});
    // Nobody shares the lock, so the session of the lease's holder has ended.
    bool const deserted = db.exec(try_lock, place)[0].get<bool>(0);
    bool const shared = db.exec(lock_shared, place)[0].get<bool>(0);
    if (deserted) db.exec(unlock, place);
    if (!shared) return false;
    bool taken = false;
    try {
        taken = db.exec(take_lease, Params(shard, holder, term_of_lease(), deserted)).affected() == 1;
    } catch (...) {
        db.exec(unlock_shared, place);
        throw;
    }
    if (!taken) db.exec(unlock_shared, place);
    return taken;
}

void renew_lease(db::Pipeline& pipeline, std::int16_t shard, Uuid const& holder) {
    pipeline.add(extend_lease, Params(shard, holder, term_of_lease()));
}

void release_lease(db::PgSession& db, std::int16_t shard, Uuid const& holder) {
    db.exec(end_lease, Params(shard, holder));
    db.exec(unlock_shared, Params(lock_space, std::int32_t{shard}));
}

// A lock of the session and no row: it vanishes with whoever made it, nobody has to take it away, and nothing
// that is signed hangs on it. One that a silent machine leaves behind costs a hand-over for nothing, until
// PostgreSQL gives its session up after seconds (keepalives, db::PgSession).
void announce_wait(db::PgSession& db) {
    db.exec(lock_shared, Params(lock_space, waiting_sign));
}

void end_wait(db::PgSession& db) {
    db.exec(unlock_shared, Params(lock_space, waiting_sign));
}

bool anybody_waits(db::PgSession& db) {
    bool const nobody = db.exec(try_lock, Params(lock_space, waiting_sign))[0].get<bool>(0);
    if (nobody) db.exec(unlock, Params(lock_space, waiting_sign));
    return !nobody;
}

}  // namespace sponsio::store

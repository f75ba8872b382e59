#pragma once

#include "server/db/pipeline.hpp"
#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// The log in its tables: one head per shard, entries in runs, full tiles, and the pending leaves.
namespace sponsio::store {

/// The head of a shard, as last signed.
struct LogHead {
    std::int16_t shard;
    std::string origin;
    std::uint64_t size = 0;
    Digest root{};
    std::string checkpoint;  ///< the signed note over both
    Instant signed_at{};
    std::optional<std::string> frozen_why{};  ///< damaged: nobody signs until a person has looked
    /// Nobody signs any more: the checkpoint is the last statement of its writer (crypto/log/end.hpp).
    std::optional<Instant> ended_at{};

    bool operator==(LogHead const&) const = default;
};

std::vector<LogHead> log_heads(db::PgSession& db);
std::optional<LogHead> log_head(db::PgSession& db, std::int16_t shard);
/// False if the shard exists already.
bool create_log_shard(db::PgSession& db, LogHead const& head);
/// Stops signing for a shard, with the first reason given; thaw_log() ends that.
void freeze_log(db::PgSession& db, std::int16_t shard, std::string const& why);
void thaw_log(db::PgSession& db, std::int16_t shard);
/// Closes a shard for ever with its last statement, over the size and root that it has.
void end_log(db::PgSession& db, std::int16_t shard, std::string const& statement, Instant now);
/// The head, locked until the transaction ends.
std::optional<LogHead> lock_log_head(db::PgSession& db, std::int16_t shard);

// -------------------------------------------------------------------------------------------------- reading
struct LogTileKey {
    std::int16_t level;
    std::uint64_t index;
    auto operator<=>(LogTileKey const&) const = default;
};

struct LogTileRow {
    LogTileKey key;
    Digest root;
    std::vector<std::uint8_t> hashes;  ///< 256 of 32 bytes
};

/// Those of the wanted tiles that are full, in no particular order.
std::vector<LogTileRow> full_tiles(db::PgSession& db, std::int16_t shard,
                                   std::vector<LogTileKey> const& wanted);
/// The roots of the full tiles of a level in [first, first + count), in order, as far as there are any.
std::vector<Digest> tile_roots(db::PgSession& db, std::int16_t shard, std::int16_t level, std::uint64_t first,
                               std::uint64_t count);

/// Neighbouring entries that one round added.
struct LogRun {
    std::uint64_t first;
    std::uint64_t next;                     ///< index after the last
    std::vector<std::uint8_t> entries;      ///< each behind its length, as in an entry bundle
    std::optional<std::string> checkpoint;  ///< over the first `next` entries
};

/// The runs that begin in [first, next), in order. No run crosses a multiple of 256.
std::vector<LogRun> log_runs(db::PgSession& db, std::int16_t shard, std::uint64_t first, std::uint64_t next);

/// A checkpoint with its size.
struct SizedCheckpoint {
    std::uint64_t size;
    std::string checkpoint;
};

/// The first checkpoint that covers this entry; nothing if there is no such entry.
std::optional<SizedCheckpoint> first_checkpoint_over(db::PgSession& db, std::int16_t shard,
                                                     std::uint64_t index);
/// The checkpoint of exactly that size, if there was one.
std::optional<std::string> checkpoint_of_size(db::PgSession& db, std::int16_t shard, std::uint64_t size);

// --------------------------------------------------------------------------------------------------- leaves
/// A leaf that a transaction other than the log writer's has left to be added.
struct NewLeaf {
    std::string kind;
    std::string subject;  ///< what it is about: a record's id, a key's id, a rule pack with its version
    std::string entry;
    std::optional<std::string> content{};  ///< the content object, if everybody may read it
};

/// A lock, held until the transaction ends, for writers that look at the log in order to add only new leaves.
void lock_public_leaves(db::PgSession& db);
void insert_leaf(db::PgSession& db, NewLeaf const& leaf, Instant now);
void insert_leaves(db::PgSession& db, std::span<NewLeaf const> leaves, Instant now);

/// The position of an entry in the log.
struct LogPlace {
    std::int16_t shard;
    std::uint64_t index;
};

struct LeafRow {
    std::int64_t id;
    NewLeaf leaf;
    Instant created_at;
    std::optional<LogPlace> place;  ///< nothing yet: it waits for the next round
};

/// Every leaf about a subject, oldest first.
std::vector<LeafRow> leaves_about(db::PgSession& db, std::string const& kind, std::string const& subject);
/// The leaves of a kind with an id above `after`, at most `limit`, by id. A reader that goes on from the last
/// one misses none (store::settled).
std::vector<LeafRow> leaves_of_kind(db::PgSession& db, std::string const& kind, std::int64_t after,
                                    int limit);
/// The leaves of all kinds with an id above `after`, at most `limit`, by id.
std::vector<LeafRow> leaves_behind(db::PgSession& db, std::int64_t after, int limit);
/// The first leaf of each of these subjects that has any.
std::vector<LeafRow> first_leaves(db::PgSession& db, std::string const& kind,
                                  std::vector<std::string> const& subjects);
/// The number of pending leaves, and the time of the oldest.
std::pair<std::int64_t, std::optional<Instant>> pending_leaves(db::PgSession& db);

// ---- a round
struct PendingLeaf {
    std::int64_t id;
    std::string entry;
};

/// The start of a round: the head, locked until the transaction ends, and leaves that no other writer takes.
struct RoundStart {
    std::optional<LogHead> head;
    Uuid holder{};  ///< of the shard's lease, which nobody can take while the head is locked; nil: nobody
    std::vector<PendingLeaf> pending;
};

inline constexpr std::size_t round_start_statements = 2;
/// Adds round_start_statements statements; read_round_start reads their answers.
void ask_round_start(db::Pipeline& pipeline, std::int16_t shard, std::int32_t most_pending);
RoundStart read_round_start(std::span<db::Rows const> answers);

/// The additions of a round to its shard.
struct LogGrowth {
    LogHead before;
    LogHead after;
    std::vector<LogRun> runs;
    std::vector<LogTileRow> tiles;
    std::vector<std::pair<std::int64_t, std::uint64_t>> taken;  ///< pending leaves with their indexes
    Uuid holder{};                                              ///< of the lease, which is renewed with it
};

/// Throws DbError of kind busy if the head is not exactly `before` any more, is frozen, or if another process
/// holds the lease.
void add_growth(db::Pipeline& pipeline, LogGrowth const& growth);

// --------------------------------------------------------------------------------------------------- leases
/// The term of a lease after it was taken or renewed. Every round renews it; without rounds it is renewed
/// well before its end.
inline constexpr std::chrono::milliseconds lease_term{3000};

/// A shard's lease is a row with its holder and its end by the database's clock. It can be taken when nobody
/// holds it, when its term is over, or when the session of its holder has ended. Taking it commits, so that
/// this session afterwards reads everything stored before it.
///
/// The holder also shares an advisory lock, which shows that its session lives. Servers up to version 0.1
/// hold that lock exclusively and know no terms: while one of them has the shard, nobody else can take it.
bool try_lease(db::PgSession& db, std::int16_t shard, Uuid const& holder);
/// Adds the statement that renews the lease, if the holder still has it.
void renew_lease(db::Pipeline& pipeline, std::int16_t shard, Uuid const& holder);
void release_lease(db::PgSession& db, std::int16_t shard, Uuid const& holder);
/// Announces that a process lacks a shard, so that others give up those beyond their share.
void announce_wait(db::PgSession& db);
void end_wait(db::PgSession& db);
/// Whether any session, of this process or another, has announced a wait.
bool anybody_waits(db::PgSession& db);

}  // namespace sponsio::store

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

/// The log as it lies in tables: one head per shard, entries in runs, full tiles, and the leaves that wait.
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
/// False if the shard is there already.
bool create_log_shard(db::PgSession& db, LogHead const& head);
/// Stops signing for a shard, with the first reason given; thaw lets it go on.
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

/// Those of the wanted tiles that are full, in no order.
std::vector<LogTileRow> full_tiles(db::PgSession& db, std::int16_t shard,
                                   std::vector<LogTileKey> const& wanted);
/// The roots of full tiles [first, first + count) of a level, in order, as far as there are any.
std::vector<Digest> tile_roots(db::PgSession& db, std::int16_t shard, std::int16_t level, std::uint64_t first,
                               std::uint64_t count);

/// Neighbouring entries that one round added.
struct LogRun {
    std::uint64_t first;
    std::uint64_t next;                     ///< index after the last
    std::vector<std::uint8_t> entries;      ///< each behind its length, as in an entry bundle
    std::optional<std::string> checkpoint;  ///< over the first `next` entries
};

/// The runs that begin in [first, next), in order. No run leads over a multiple of 256.
std::vector<LogRun> log_runs(db::PgSession& db, std::int16_t shard, std::uint64_t first, std::uint64_t next);

/// A checkpoint with the size it is about.
struct SizedCheckpoint {
    std::uint64_t size;
    std::string checkpoint;
};

/// The first one that was signed over this entry; nothing if the entry is not there.
std::optional<SizedCheckpoint> first_checkpoint_over(db::PgSession& db, std::int16_t shard,
                                                     std::uint64_t index);
/// The one of exactly that size, if there was one.
std::optional<std::string> checkpoint_of_size(db::PgSession& db, std::int16_t shard, std::uint64_t size);

// --------------------------------------------------------------------------------------------------- leaves
/// A leaf left by another transaction than the writer's.
struct NewLeaf {
    std::string kind;
    std::string subject;  ///< what it is about: a record's id, a key's id, a rule pack with its version
    std::string entry;
    std::optional<std::string> content{};  ///< the content object, if everybody may read it
};

/// Keeps others away who look what was logged in order to leave only what is new, until the transaction ends.
void lock_public_leaves(db::PgSession& db);
void insert_leaf(db::PgSession& db, NewLeaf const& leaf, Instant now);
void insert_leaves(db::PgSession& db, std::span<NewLeaf const> leaves, Instant now);

/// Where an entry is in the log.
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
/// Leaves of a kind with an id above `after`, at most `limit`, in their order. Whoever goes on from the last
/// one misses none (store::settled).
std::vector<LeafRow> leaves_of_kind(db::PgSession& db, std::string const& kind, std::int64_t after,
                                    int limit);
/// The same of all kinds.
std::vector<LeafRow> leaves_behind(db::PgSession& db, std::int64_t after, int limit);
/// Of each of these subjects that has any, the first leaf.
std::vector<LeafRow> first_leaves(db::PgSession& db, std::string const& kind,
                                  std::vector<std::string> const& subjects);
/// How many wait, and since when the first does.
std::pair<std::int64_t, std::optional<Instant>> pending_leaves(db::PgSession& db);

// ---- a round
struct PendingLeaf {
    std::int64_t id;
    std::string entry;
};

/// What a round begins with: the head, locked until the transaction ends, and leaves that nobody else takes.
struct RoundStart {
    std::optional<LogHead> head;
    Uuid holder{};  ///< of the shard's lease; nil: nobody. Nobody takes it while the head is locked
    std::vector<PendingLeaf> pending;
};

inline constexpr std::size_t round_start_statements = 2;
/// Adds round_start_statements statements; read_round_start takes their answers.
void ask_round_start(db::Pipeline& pipeline, std::int16_t shard, std::int32_t most_pending);
RoundStart read_round_start(std::span<db::Rows const> answers);

/// What a round adds to its shard.
struct LogGrowth {
    LogHead before;
    LogHead after;
    std::vector<LogRun> runs;
    std::vector<LogTileRow> tiles;
    std::vector<std::pair<std::int64_t, std::uint64_t>> taken;  ///< pending leaves with their indexes
    Uuid holder{};                                              ///< of the lease, which is renewed with it
};

/// DbError of kind busy if the head is not exactly `before` any more, is frozen, or if somebody else holds
/// the lease.
void add_growth(db::Pipeline& pipeline, LogGrowth const& growth);

// --------------------------------------------------------------------------------------------------- leases
/// How long a lease lasts after it was taken or renewed. It is renewed by every round, and when there is none
/// well before it ends.
inline constexpr std::chrono::milliseconds lease_term{3000};

/// A shard's lease is a row: who holds it, and until when by the database's clock. It is taken when nobody
/// holds it, when its term is over, or when the session of its holder has ended. To take it is a commit: what
/// this session reads afterwards was kept before it.
///
/// Besides, its holder shares an advisory lock, which tells that its session lives. Servers up to version 0.1
/// hold that lock alone and know no terms: for as long as one of them has the shard, nobody else takes it.
bool try_lease(db::PgSession& db, std::int16_t shard, Uuid const& holder);
/// Adds the statement that renews it, if it is still the holder's.
void renew_lease(db::Pipeline& pipeline, std::int16_t shard, Uuid const& holder);
void release_lease(db::PgSession& db, std::int16_t shard, Uuid const& holder);
/// The sign that a process lacks a shard: others give up what they hold beyond their share.
void announce_wait(db::PgSession& db);
void end_wait(db::PgSession& db);
/// Whether any session (of another process or this one) waits.
bool anybody_waits(db::PgSession& db);

}  // namespace sponsio::store

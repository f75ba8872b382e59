#include "server/service/log/service.hpp"

#include "crypto/log/entry.hpp"
#include "crypto/log/note.hpp"
#include "server/db/tx.hpp"
#include "server/service/log/cosigned_head.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

Outcome<store::LogHead> head_of(db::PgSession& db, std::int16_t shard) {
    auto head = store::log_head(db, shard);
    if (!head) return fault(problem::not_found);
    return std::move(*head);
}

/// A row is stored in the transaction of the checkpoint over it, so everything found
/// here is within the newest one.
std::optional<Bytes> stored_tile(db::PgSession& db, std::int16_t shard, crypto::TilePath const& path) {
    if (path.entries) return stored_bundle(db, shard, path.tile.index, path.tile.width);
    return StoredTree(db, shard, crypto::max_log_size).tile(path.tile);
}

Json leaf_view(store::LeafRow const& row) {
    auto const& [kind, subject, entry, content] = row.leaf;
    return JsonObject{{"leaf_id", row.id},
                      {"kind", kind},
                      {"subject", subject},
                      {"created_at", to_rfc3339(row.created_at)},
                      {"content", content ? Json(*content) : Json()},
                      {"entry", entry},
                      {"shard", row.place ? Json(std::int64_t{row.place->shard}) : Json()},
                      {"leaf_index", row.place ? Json(static_cast<std::int64_t>(row.place->index)) : Json()}};
}

/// No caller waits at a start, who could ask again: what a person has to see to is told apart from what the
/// next start may find mended.
Fault at_start(Fault refused) {
    if (refused.problem == &problem::unavailable && refused.cause != no_answer)
        refused.problem = &problem::conflict;
    return refused;
}

}  // namespace

LogService::LogService(db::DbExecutor& db, LogKeys keys, LogOptions options, Clock const& clock)
    : db_(db),
      keys_(std::move(keys)),
      options_(std::move(options)),
      clock_(clock),
      tiles_(options_.cached_tiles) {
    options_.heads.prove = [&db](std::int16_t shard, std::uint64_t old_size, std::uint64_t size) {
        return db.run_blocking(
            std::chrono::steady_clock::now() + std::chrono::seconds(3),
            [&](db::PgSession& session) { return StoredTree(session, shard, size).consistency(old_size); });
    };
}

/// A new shard begins with a signed checkpoint over nothing. A shard that was published but is missing is not
/// made anew: that would be another log under the same name.
Outcome<void> LogService::make_shard(db::PgSession& db, std::int16_t shard) const {
    std::string const origin = options_.name + "/log/" + std::to_string(shard);
    for (auto const& [place, known] : HeadRegister(options_.heads.of(shard)).look(origin)) {
        if (!known) return known.error();
        if (!known->checkpoints.empty())
            return at_start(damaged_log(
                shard,
                "it was published (" + place +
                    " knows it) and the database does not have it. Put the database back, or see: "
                    "sponsio log resume --help",
                "该分片已发布过检查点（见 " + place + "），但数据库中没有，请恢复数据库"));
    }
    Instant const now = clock_.now();
    auto checkpoint = sign_head(origin, 0, crypto::empty_root(), keys_, now);
    if (!checkpoint) return checkpoint.error();
    store::create_log_shard(db, {.shard = shard,
                                 .origin = origin,
                                 .root = crypto::empty_root(),
                                 .checkpoint = std::move(*checkpoint),
                                 .signed_at = now});
    return {};
}

Outcome<std::vector<std::int16_t>> LogService::prepare(Deadline deadline) {
    return db_.run_blocking(deadline, [this](db::PgSession& db) -> Outcome<std::vector<std::int16_t>> {
        auto const heads = store::log_heads(db);
        auto live = std::ranges::count_if(heads, [](store::LogHead const& head) { return !head.ended_at; });
        std::int16_t next =
            heads.empty() ? std::int16_t{1} : static_cast<std::int16_t>(heads.back().shard + 1);
        for (; live < options_.shards; ++live, ++next)
            if (auto made = make_shard(db, next); !made) return made.error();
        std::vector<std::int16_t> shards;
        for (store::LogHead const& head : store::log_heads(db)) {
            if (head.ended_at) continue;
            if (auto sound = look_at(db, head); !sound) return at_start(sound.error());
            shards.push_back(head.shard);
        }
        return shards;
    });
}

/// In a snapshot, since another process may write the shard meanwhile.
Outcome<void> LogService::look_at(db::PgSession& db, store::LogHead const& head) const {
    auto const published = HeadRegister(options_.heads.of(head.shard)).look(head.origin);
    db::Tx const snapshot(db, {.isolation = db::Isolation::repeatable_read, .read_only = true});
    auto const opened = open_log(db, head.shard, keys_, published);
    if (!opened) return opened.error();
    return {};
}

/// Only heads cosigned by a quorum are shown: otherwise the log could show a different head to others.
Outcome<std::string> LogService::shown_checkpoint(db::PgSession& db, store::LogHead const& head) const {
    if (options_.witnesses.quorum == 0 || head.ended_at) return head.checkpoint;
    auto cosigned = cosigned_head(db, head.shard, options_.witnesses);
    if (cosigned) return std::move(cosigned->checkpoint);
    Fault f = fault(problem::not_found, "Too few witnesses have cosigned a checkpoint of this log so far.",
                    "尚无足够见证人联署的检查点。");
    f.retry_after = std::chrono::seconds(2);
    return f;
}

Async<std::string> LogService::checkpoint(std::int16_t shard, Deadline deadline) {
    return db_.run(deadline, [this, shard](db::PgSession& db) -> Outcome<std::string> {
        auto const head = head_of(db, shard);
        if (!head) return head.error();
        return shown_checkpoint(db, *head);
    });
}

Async<TileCache::Content> LogService::tile(std::int16_t shard, std::string_view path, Deadline deadline) {
    auto const wanted = crypto::TilePath::parse(path);
    if (!wanted) co_return fault(problem::not_found);
    if (auto kept = tiles_.find(shard, *wanted)) co_return kept;
    auto job = [shard, wanted](db::PgSession& db) -> Outcome<TileCache::Content> {
        auto const bytes = stored_tile(db, shard, *wanted);
        if (!bytes) return fault(problem::not_found);
        return std::make_shared<std::string const>(to_string(*bytes));
    };
    auto content = co_await db_.run(deadline, std::move(job));
    if (content && wanted->tile.width == crypto::tile_width) tiles_.keep(shard, *wanted, *content);
    co_return content;
}

Async<std::string> LogService::verifier_key(std::int16_t shard, Deadline deadline) {
    return db_.run(deadline, [this, shard](db::PgSession& db) -> Outcome<std::string> {
        auto const head = head_of(db, shard);
        if (!head) return head.error();
        auto const shown = shown_checkpoint(db, *head);
        if (!shown) return shown.error();
        auto const note = crypto::Note::parse(*shown);
        for (crypto::PublicKey const& key : keys_.known())
            if (crypto::NoteVerifier const verifier(head->origin, key); note && verifier.verified(*note))
                return verifier.vkey() + "\n";
        return damaged_log(shard, "its newest checkpoint was signed by no key that is known here",
                           "最新检查点的签名密钥未知");
    });
}

Async<std::string> LogService::verifier_keys(std::int16_t shard, Deadline deadline) {
    return db_.run(deadline, [this, shard](db::PgSession& db) -> Outcome<std::string> {
        auto const head = head_of(db, shard);
        if (!head) return head.error();
        std::string lines;
        for (crypto::PublicKey const& key : keys_.known())
            lines += crypto::NoteVerifier(head->origin, key).vkey() + "\n";
        return lines;
    });
}

Async<Page> LogService::leaves(PublicLeaf kind, std::int64_t after, int limit, Deadline deadline) {
    return db_.run(deadline, [kind, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row : store::leaves_of_kind(db, std::string(domain::word(kind)), after, limit))
            page.add(leaf_view(row), std::to_string(row.id));
        return page;
    });
}

}  // namespace sponsio::service

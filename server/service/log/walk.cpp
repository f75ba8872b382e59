#include "server/service/log/walk.hpp"

#include "crypto/log/checkpoint.hpp"
#include "server/db/tx.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

}  // namespace

LogWalk::LogWalk(LogWalkParts parts) : parts_(std::move(parts)) {}

void LogWalk::found(std::int16_t shard, std::string en, std::string zh) {
    mismatches_.push_back({shard, {std::move(en), std::move(zh)}});
}

std::vector<LogMismatch> LogWalk::step(db::PgSession& db) {
    mismatches_.clear();
    places_.clear();
    looked_at_now_ = 0;
    onwards_ = nullptr;
    // Read before the snapshot is taken, so that the snapshot's head is not older.
    Kept const kept = phase_ == Phase::trees ? kept_outside() : Kept{};
    db::Tx const snapshot(db, {.isolation = db::Isolation::repeatable_read, .read_only = true});
    switch (phase_) {
        case Phase::begin: list_shards(db); break;
        case Phase::trees: look_at_bundle(db, kept); break;
        case Phase::commitments: look_at_commitments(db); break;
        case Phase::leaves: look_at_leaves(db); break;
        case Phase::records: look_at_records(db); break;
        case Phase::findings: look_at_findings(db); break;
        case Phase::history: look_at_history(db); break;
        case Phase::registry: look_at_registry(db); break;
        case Phase::notes: look_at_notes(db); break;
        case Phase::sums: compare_sums(); break;
        case Phase::done: break;
    }
    if (mismatches_.empty()) skip();
    return mismatches_;
}

void LogWalk::skip() {
    for (store::LogPlace const& place : places_)
        for (Walked& one : shards_)
            if (one.shard == place.shard && place.index < one.size) ++one.rows;
    places_.clear();
    looked_at_ += std::exchange(looked_at_now_, 0);
    if (auto const onwards = std::exchange(onwards_, nullptr)) onwards();
}

void LogWalk::list_shards(db::PgSession& db) {
    std::vector<Walked> shards;
    for (store::LogHead const& head : store::log_heads(db))
        if (concerns(head.shard)) shards.push_back({.shard = head.shard, .ended = head.ended_at.has_value()});
    onwards_ = [this, shards = std::move(shards)] {
        shards_ = shards;
        phase_ = shards_.empty() ? Phase::commitments : Phase::trees;
    };
}

// ---------------------------------------------------------------------------------------------------- trees
void LogWalk::next_tree() {
    edge_ = crypto::LogEdge();
    if (++tree_ == shards_.size()) phase_ = Phase::commitments;
}

/// The last published checkpoints of the present shard, largest first, if they can be read; a start reports
/// others. An ended shard was ended despite published heads.
LogWalk::Kept LogWalk::kept_outside() const {
    Kept kept;
    if (shards_[tree_].ended) return kept;
    for (auto const& directory : parts_.heads) {
        auto const known = make_head_file(directory, shards_[tree_].shard)->read({});
        if (!known) throw FaultError(known.error());
        for (std::string const& text : known->checkpoints)
            if (auto const note = crypto::Note::parse(text))
                if (auto said = crypto::Checkpoint::parse(note->text)) kept.push_back(std::move(*said));
    }
    std::ranges::sort(kept, std::ranges::greater(), &crypto::Checkpoint::size);
    return kept;
}

/// Appends the entries of the next bundle to the edge and compares all that follows from them.
void LogWalk::look_at_bundle(db::PgSession& db, Kept const& kept) {
    std::int16_t const shard = shards_[tree_].shard;
    onwards_ = [this] { next_tree(); };
    edge_.rollback();  // back to the end of the last piece, if this one was checked before
    std::uint64_t const first = edge_.size(), next = first + crypto::tile_width;
    auto const head = store::log_head(db, shard);
    if (!head || head->size < first) return found(shard, "its head went back", "分片头倒退");
    for (store::LogRun const& run : store::log_runs(db, shard, first, next)) {
        take_run(*head, run, kept);
        if (!mismatches_.empty()) return;
    }
    looked_at_now_ = edge_.size() - first;
    if (edge_.size() != std::min(head->size, next))
        return found(shard, "entry " + number(edge_.size()) + " is missing",
                     "缺少第 " + number(edge_.size()) + " 号条目");
    compare_tiles(db, shard);
    bool const end = edge_.size() == head->size;
    if (end) compare_end(*head, kept);
    if (!mismatches_.empty()) return;
    onwards_ = [this, end] {
        edge_.begin();
        if (!end) return;
        shards_[tree_].size = edge_.size();
        shards_[tree_].whole = true;
        next_tree();
    };
}

void LogWalk::take_run(store::LogHead const& head, store::LogRun const& run, Kept const& kept) {
    auto const entries = crypto::split_bundle(run.entries);
    if (run.first != edge_.size() || run.next > head.size || !entries ||
        entries->size() != run.next - run.first)
        return found(head.shard, "the entries from " + number(run.first) + " on are not as they were stored",
                     "自第 " + number(run.first) + " 号起的条目与存储不符");
    for (ByteView const entry : *entries) {
        edge_.append(crypto::leaf_hash(entry));
        for (crypto::Checkpoint const& outside : kept)
            if (outside.size == edge_.size() && outside.root != edge_.root())
                found(head.shard,
                      "its first " + number(outside.size) + " entries are not those that were published",
                      "前 " + number(outside.size) + " 条与已发布的检查点不一致");
    }
    if (run.checkpoint) compare_checkpoint(head, run);
}

/// The checkpoint that the writer signed when the log ended here.
void LogWalk::compare_checkpoint(store::LogHead const& head, store::LogRun const& run) {
    store::LogHead const then{.shard = head.shard,
                              .origin = head.origin,
                              .size = run.next,
                              .root = edge_.root(),
                              .checkpoint = *run.checkpoint};
    if (!is_signed_head(then, parts_.keys.known()))
        found(head.shard,
              "the checkpoint over " + number(run.next) +
                  " entries is not signed by a known key over the tree of its entries",
              "覆盖 " + number(run.next) + " 条的检查点与条目或签名不符");
}

void LogWalk::compare_tiles(db::PgSession& db, std::int16_t shard) {
    if (edge_.completed().empty()) return;
    std::vector<store::LogTileKey> keys;
    for (crypto::CompletedTile const& tile : edge_.completed())
        keys.push_back({static_cast<std::int16_t>(tile.tile.level), tile.tile.index});
    auto const rows = store::full_tiles(db, shard, keys);
    for (crypto::CompletedTile const& tile : edge_.completed()) {
        store::LogTileKey const key{static_cast<std::int16_t>(tile.tile.level), tile.tile.index};
        auto const row = std::ranges::find(rows, key, &store::LogTileRow::key);
        if (row != rows.end() && row->root == tile.root && row->hashes == tile.hashes) continue;
        std::string const path = crypto::TilePath{.entries = false, .tile = tile.tile}.text();
        found(shard, path + " is not what its entries give", path + " 与其条目不符");
    }
}

void LogWalk::compare_end(store::LogHead const& head, Kept const& kept) {
    if (edge_.root() != head.root)
        found(head.shard, "its entries give another root than the one that was signed",
              "条目计算出的根与已签署的根不一致");
    else if (!is_signed_head(head, parts_.keys.known()))
        found(head.shard, "the signature of its last checkpoint is wrong", "最近检查点的签名无效");
    if (!kept.empty() && kept.front().size > head.size)
        found(head.shard,
              "its database is older than what was published: it has " + number(head.size) +
                  " entries and a checkpoint over " + number(kept.front().size) + " is known outside",
              "数据库早于已发布的检查点");
}

// --------------------------------------------------------------------------------------------------- at once
std::vector<LogMismatch> check_whole_log(db::PgSession& db, LogWalkParts parts,
                                         std::function<void(std::uint64_t)> const& progress) {
    LogWalk walk(std::move(parts));
    std::vector<LogMismatch> all;
    while (!walk.done()) {
        auto const piece = walk.step(db);
        all.insert(all.end(), piece.begin(), piece.end());
        if (!piece.empty()) walk.skip();
        if (progress) progress(walk.looked_at());
    }
    return all;
}

}  // namespace sponsio::service

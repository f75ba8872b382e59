#include "server/service/log/writer.hpp"

#include "crypto/log/tlog_proof.hpp"
#include "crypto/random.hpp"
#include "server/base/log.hpp"
#include "server/db/error.hpp"

#include <algorithm>
#include <utility>

namespace sponsio::service {
namespace {

/// The time for which a shard beyond the share is left to its own process, which may be restarting.
constexpr std::chrono::seconds courtesy{2};
constexpr std::chrono::milliseconds between_looks{250};
/// The interval of lease renewals while nothing is logged.
constexpr std::chrono::milliseconds between_renewals = store::lease_term / 3;

/// The entry as one more row of a bundle.
void add(std::vector<std::uint8_t>& bundle, std::string const& entry) {
    crypto::append_entry(bundle, as_bytes(entry));
}

Fault lease_gone(std::int16_t shard) {
    Fault f = fault(problem::unavailable);
    f.cause = "the lease of shard " + std::to_string(shard) + " has gone to another process";
    f.retry_after = std::chrono::seconds(1);
    return f;
}

store::LogTileRow row_of(crypto::CompletedTile const& tile) {
    return {{static_cast<std::int16_t>(tile.tile.level), tile.tile.index}, tile.root, tile.hashes};
}

}  // namespace

LogWriter::LogWriter(LogWriterParts parts, std::int16_t shard)
    : parts_(std::move(parts)),
      shard_(shard),
      published_(parts_.heads.of(shard)),
      holder_(Uuid::v7(SystemClock{}.now(), crypto::system_entropy().array<10>())),
      not_before_(std::chrono::steady_clock::now() + courtesy) {}

void LogWriter::forget() {
    if (std::exchange(held_, false)) parts_.leases.gave_up();
    announced_ = false;
    log_.reset();
}

/// Announces that this process lacks a shard, or ends the announcement.
void LogWriter::announce(db::PgSession& db, bool waiting) {
    if (std::exchange(announced_, waiting) == waiting) return;
    if (waiting)
        store::announce_wait(db);
    else
        store::end_wait(db);
}

bool LogWriter::ready(db::PgSession& db) {
    if (!freeze_why_.empty()) {
        store::freeze_log(db, shard_, freeze_why_);
        log::error("log.frozen", {{log::Key::shard, shard_}, {log::Key::cause, freeze_why_}});
        freeze_why_.clear();
    }
    auto const now = std::chrono::steady_clock::now();
    if (held_) {
        if (!parts_.leases.holds_too_many() || now < look_again_) return true;
        look_again_ = now + between_looks;
        if (!store::anybody_waits(db)) return true;
        store::release_lease(db, shard_, holder_);
        forget();
        not_before_ = now + courtesy;
        log::info("log.lease_returned", {{log::Key::shard, shard_}});
        return false;
    }
    bool const within_share = parts_.leases.wants_more();
    announce(db, within_share);
    if (!within_share && now < not_before_) return false;
    if (!store::try_lease(db, shard_, holder_)) {
        // Soon after its term is over, but leaving its own process time to restart.
        not_before_ = now + courtesy / 2;
        return false;
    }
    announce(db, false);
    held_ = true;
    renewed_ = now;
    parts_.leases.took();
    log::info("log.lease_taken", {{log::Key::shard, shard_}});
    return true;
}

void LogWriter::ask(db::Pipeline& pipeline) {
    parts_.reached(LogPoint::before_look);
    begun_ = std::chrono::steady_clock::now();
    store::ask_round_start(pipeline, shard_, parts_.most_pending);
}

/// Reads the shard again; the present transaction has locked the head's row.
void LogWriter::reopen(db::PgSession& db, std::string const& origin) {
    log_.reset();
    parts_.reached(LogPoint::before_reload);
    auto opened = open_log(db, shard_, parts_.keys, published_.look(origin));
    if (!opened) {
        Fault refusal = opened.error();
        if (refusal.problem == &problem::conflict) {
            freeze_why_ = refusal.cause;
            refusal.problem = &problem::unavailable;
        }
        throw FaultError(std::move(refusal));
    }
    parts_.reached(LogPoint::after_reload);
    log_ = std::move(*opened);
    published_size_ = 0;
}

/// Stores the committed head in the places outside the database.
void LogWriter::publish() {
    if (published_size_ == log_->head.size && published_size_ != 0) return;
    parts_.reached(LogPoint::before_keep);
    if (auto kept = published_.keep(log_->head); !kept) {
        // Another process signs for the shard: read the stored log again before anything is signed.
        if (kept.error().problem == &problem::conflict) log_.reset();
        throw FaultError(kept.error());
    }
    parts_.reached(LogPoint::after_keep);
    published_size_ = log_->head.size;
}

LogWriter::Round LogWriter::begin(db::PgSession& db, std::span<db::Rows const> answers) {
    parts_.reached(LogPoint::after_look);
    auto start = store::read_round_start(answers);
    if (!held_) throw std::logic_error("a round without the shard's lease");
    if (start.head && start.holder != holder_) {
        // This process was silent for longer than its term, so its memory of the shard may be wrong.
        store::release_lease(db, shard_, holder_);
        forget();
        log::warn("log.lease_lost", {{log::Key::shard, shard_}});
        throw FaultError(lease_gone(shard_));
    }
    if (!start.head)
        throw FaultError(damaged_log(shard_, "the database does not have it", "数据库中没有该分片"));
    if (start.head->frozen_why) throw FaultError(damaged_log(shard_, *start.head->frozen_why, "已被冻结"));
    if (start.head->ended_at) throw FaultError(damaged_log(shard_, "it has ended", "该分片已终止"));
    // The head differs from the one in memory: the outcome of the last commit was unknown, or another process
    // held the shard. The stored head counts, if it proves to belong to the published log.
    if (!log_ || log_->head.size != start.head->size || log_->head.root != start.head->root)
        reopen(db, start.head->origin);
    // A committed checkpoint that is not stored outside yet is stored before the next one is signed.
    publish();
    log_->edge.begin();
    return Round(*this, std::move(start.pending));
}

bool LogWriter::renew(db::Pipeline& pipeline) const {
    if (std::chrono::steady_clock::now() < renewed_ + between_renewals) return false;
    store::renew_lease(pipeline, shard_, holder_);
    return true;
}

void LogWriter::renewed() {
    renewed_ = std::chrono::steady_clock::now();
}

// ---- Round
LogWriter::Round::Round(LogWriter& writer, std::vector<store::PendingLeaf> pending)
    : writer_(writer), first_(writer.log_->edge.size()) {
    for (store::PendingLeaf& leaf : pending)
        growth_.taken.emplace_back(leaf.id, append(std::move(leaf.entry)));
}

LogWriter::Round::~Round() {
    // Rolled back, refused, or of unknown outcome: the next round compares with the stored head.
    if (!kept_ && writer_.log_) writer_.log_->edge.rollback();
}

std::uint64_t LogWriter::Round::append(std::string entry) {
    crypto::LogEdge& edge = writer_.log_->edge;
    edge.append(crypto::leaf_hash(as_bytes(entry)));
    entries_.push_back(std::move(entry));
    return edge.size() - 1;
}

/// The entries of the round, split at bundle boundaries; the last run has the checkpoint.
std::vector<store::LogRun> LogWriter::Round::runs() const {
    std::vector<store::LogRun> runs;
    for (std::size_t i = 0; i != entries_.size(); ++i) {
        std::uint64_t const index = first_ + i;
        if (runs.empty() || index % crypto::tile_width == 0) runs.push_back({index, index, {}, std::nullopt});
        add(runs.back().entries, entries_[i]);
        runs.back().next = index + 1;
    }
    runs.back().checkpoint = growth_.after.checkpoint;
    return runs;
}

void LogWriter::Round::seal(db::Pipeline& pipeline, Instant now) {
    // The database ends a transaction that is idle for a term, and another process may have the shard: a
    // process that was suspended must not sign before it has looked again.
    if (std::chrono::steady_clock::now() > writer_.begun_ + store::lease_term)
        throw db::DbError(db::ErrorKind::serialization, "40001", "log_shard",
                          "a round longer than its lease");
    crypto::LogEdge const& edge = writer_.log_->edge;
    growth_.holder = writer_.holder_;
    growth_.before = writer_.log_->head;
    growth_.after = growth_.before;
    growth_.after.size = edge.size();
    growth_.after.root = edge.root();
    growth_.after.signed_at = now;
    // The proof to be given must lead to the root to be signed.
    if (!crypto::verify_inclusion(first_, edge.size(), crypto::leaf_hash(as_bytes(entries_.front())),
                                  edge.inclusion(first_), growth_.after.root))
        throw FaultError(damaged_log(writer_.shard_, "its own proof does not verify", "自检证明未通过"));
    auto signed_head =
        sign_head(growth_.after.origin, growth_.after.size, growth_.after.root, writer_.parts_.keys, now);
    if (!signed_head) throw FaultError(signed_head.error());
    // Signed and not yet stored: a crash here leaves a signature that nobody has seen.
    growth_.after.checkpoint = std::move(*signed_head);
    growth_.runs = runs();
    for (crypto::CompletedTile const& tile : edge.completed()) growth_.tiles.push_back(row_of(tile));
    store::add_growth(pipeline, growth_);
    writer_.parts_.reached(LogPoint::before_commit);
}

void LogWriter::Round::committed() {
    writer_.renewed();
    // Committed, not yet stored outside, and no caller answered: after a crash here
    // the next round stores it first.
    kept_ = true;
    writer_.log_->head = growth_.after;
    try {
        writer_.publish();
    } catch (...) {
        // The entries are stored; the same key is answered once the checkpoint can be stored outside.
        Fault f = db::fault_from_current_exception();
        f.problem = &problem::outcome_unknown;
        throw FaultError(std::move(f));
    }
}

LogReceipt LogWriter::Round::receipt(std::uint64_t index) const {
    crypto::TlogProof const proof{.extra = std::nullopt,
                                  .index = index,
                                  .hashes = writer_.log_->edge.inclusion(index),
                                  .checkpoint = growth_.after.checkpoint};
    return {{writer_.shard_, index}, entries_[index - first_], proof.text()};
}

}  // namespace sponsio::service

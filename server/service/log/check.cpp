#include "server/service/log/check.hpp"

#include "server/base/log.hpp"

#include <utility>

namespace sponsio::service {

LogCheck::LogCheck(db::DbExecutor& db, LogWalkParts parts, Metrics* metrics)
    : db_(db), parts_(std::move(parts)), metrics_(metrics) {}

Outcome<LogCheck::Look> LogCheck::look(Deadline deadline) {
    return db_.run_blocking(deadline, [this](db::PgSession& db) -> Outcome<Look> { return step(db); });
}

LogCheck::Look LogCheck::step(db::PgSession& db) {
    if (!walk_) walk_ = std::make_unique<LogWalk>(parts_);
    Look look;
    std::uint64_t const before = walk_->looked_at();
    auto mismatches = walk_->step(db);
    if (!mismatches.empty() && mismatches == suspected_) {
        freeze(db, mismatches);
        walk_->skip();
        look.mismatches = std::exchange(suspected_, {});
    } else {
        // A single sighting may be a key that this process has not loaded yet; it does so within a second.
        suspected_ = std::move(mismatches);
    }
    sound_ = sound_ && look.mismatches.empty();
    look.looked_at = walk_->looked_at() - before;
    look.end = walk_->done();
    measure(db, look.end);
    if (look.end) {
        walk_.reset();
        sound_ = true;
    }
    return look;
}

void LogCheck::measure(db::PgSession& db, bool end) const {
    if (!metrics_) return;
    int frozen = 0;
    for (store::LogHead const& head : store::log_heads(db)) {
        frozen += head.frozen_why ? 1 : 0;
        metrics_->log_size.with({std::to_string(head.shard)}).set(static_cast<double>(head.size));
    }
    metrics_->log_frozen.set(frozen);
    metrics_->log_pending.set(static_cast<double>(store::pending_leaves(db).first));
    std::chrono::duration<double> const now = std::chrono::system_clock::now().time_since_epoch();
    if (end && sound_) metrics_->log_check_ended.set(now.count());
}

/// Freezes with the first reason only; `sponsio log check` prints the whole list.
void LogCheck::freeze(db::PgSession& db, std::vector<LogMismatch> const& mismatches) {
    for (LogMismatch const& one : mismatches) {
        auto const head = store::log_head(db, one.shard);
        if (head ? head->frozen_why.has_value() : !told_.insert(one.what.en).second) continue;
        if (head) store::freeze_log(db, one.shard, one.what.en);
        log::error("log.damaged", {{log::Key::shard, one.shard}, {log::Key::cause, one.what.en}});
        if (metrics_) metrics_->log_mismatches.add();
    }
}

}  // namespace sponsio::service

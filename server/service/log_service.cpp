#include "server/service/log_service.hpp"

#include "server/db/tx.hpp"

namespace sponsio::service {

LogService::LogService(db::DbExecutor& db, LogKeys keys, LogOptions options, Clock const& clock)
    : db_(db), keys_(std::move(keys)), options_(std::move(options)), clock_(clock) {}

/// A new shard begins with a signed checkpoint over nothing. One that was published and is not there is not
/// begun anew: that would be another log under the same name.
Outcome<void> LogService::make_shard(db::PgSession& db, std::int16_t shard) const {
    auto const kept = PublishedHead(options_.directory, shard).kept();
    if (!kept) return kept.error();
    if (!kept->empty())
        return damaged_log(shard, "it was published and the database does not have it. Put the database back",
                           "该分片已发布过检查点，但数据库中没有，请恢复数据库");
    std::string const origin = options_.name + "/log/" + std::to_string(shard);
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
        for (unsigned shard = 1; shard <= options_.shards; ++shard)
            if (!store::log_head(db, static_cast<std::int16_t>(shard)))
                if (auto made = make_shard(db, static_cast<std::int16_t>(shard)); !made) return made.error();
        std::vector<std::int16_t> shards;
        for (store::LogHead const& head : store::log_heads(db)) {
            // A snapshot: the shard may be written by another process meanwhile.
            db::Tx const snapshot(db, {.isolation = db::Isolation::repeatable_read, .read_only = true});
            auto const opened =
                open_log(db, head.shard, keys_, PublishedHead(options_.directory, head.shard));
            if (!opened) return opened.error();
            shards.push_back(head.shard);
        }
        return shards;
    });
}

}  // namespace sponsio::service

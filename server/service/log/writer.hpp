#pragma once

#include "server/service/log/state.hpp"
#include "server/service/unit/reached.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// The number of shards that this process holds, and its share.
class LeaseBook {
  public:
    explicit LeaseBook(unsigned share) : share_(share) {}

    /// Whether one more shard would still be within the share.
    [[nodiscard]] bool wants_more() const { return held_ < share_; }

    [[nodiscard]] bool holds_too_many() const { return held_ > share_; }

    [[nodiscard]] unsigned held() const { return held_; }

    void took() { ++held_; }

    void gave_up() { --held_; }

  private:
    std::atomic<unsigned> held_ = 0;
    unsigned share_;
};

/// The receipt of one logged thing, available once the round is committed.
struct LogReceipt {
    store::LogPlace place{};
    std::string entry;  ///< the leaf's bytes
    std::string proof;  ///< C2SP tlog-proof against the checkpoint of its round
};

/// The points of a round just before or just after storage is asked for something.
enum class LogPoint : std::uint8_t {
    before_look,
    after_look,
    before_reload,
    after_reload,
    before_commit,
    after_commit,
    before_keep,
    after_keep
};

struct LogWriterParts {
    LogKeys keys;
    HeadPlaces heads;  ///< outside the database
    LeaseBook& leases;
    std::int32_t most_pending = 512;  ///< leaves of other transactions in one round
    Reached<LogPoint> reached{};
};

/// The writer of one shard of the log. It holds the lease, knows the right edge, and grows the log in rounds,
/// each in a transaction of the caller. Used by one database thread.
class LogWriter {
  public:
    class Round;

    LogWriter(LogWriterParts parts, std::int16_t shard);
    LogWriter(LogWriter const&) = delete;
    LogWriter& operator=(LogWriter const&) = delete;

    [[nodiscard]] std::int16_t shard() const noexcept { return shard_; }

    /// Drops everything remembered of the shard, since the session is new or the lease is lost.
    void forget();
    /// Takes, keeps or gives up the lease, as is due. Returns whether this writer may write now.
    bool ready(db::PgSession& db);

    /// Adds the statements that begin a round to the caller's first pipeline, after BEGIN.
    void ask(db::Pipeline& pipeline);
    /// Begins a round with the answers to them. Throws FaultError if the shard must not be signed or is
    /// leased to another process by now; the caller rolls back.
    Round begin(db::PgSession& db, std::span<db::Rows const> answers);
    /// Adds the statement that renews the lease, if it is due, where a round adds nothing to the log. True:
    /// the caller commits it, and calls renewed().
    bool renew(db::Pipeline& pipeline) const;
    void renewed();

    /// For tests.
    void reach(LogPoint point) const { parts_.reached(point); }

  private:
    void reopen(db::PgSession& db, std::string const& origin);
    void publish();
    void announce(db::PgSession& db, bool waiting);

    LogWriterParts parts_;
    std::int16_t shard_;
    HeadRegister published_;
    std::uint64_t published_size_ = 0;
    std::optional<OpenedLog> log_;  ///< as of the last commit that is known
    Uuid holder_;                   ///< of the lease: this object, whatever becomes of its sessions
    std::string
        freeze_why_{};  ///< found in a round that was undone; the database is told by the next ready()
    bool held_ = false;
    bool announced_ = false;
    std::chrono::steady_clock::time_point renewed_{};
    std::chrono::steady_clock::time_point begun_{};       ///< the round, before the head was locked
    std::chrono::steady_clock::time_point not_before_;    ///< for a shard beyond the share
    std::chrono::steady_clock::time_point look_again_{};  ///< for others that wait
};

/// One round: the lines of docs/architecture.md (The ledger), with the state that a crash at each of them
/// leaves. The destructor undoes it in memory unless committed() was called.
class LogWriter::Round {
  public:
    ~Round();
    Round(Round const&) = delete;
    Round& operator=(Round const&) = delete;

    /// Adds an entry and returns its index.
    std::uint64_t append(std::string entry);

    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

    /// Signs the new head and adds the statements that store it, for the pipeline that commits.
    void seal(db::Pipeline& pipeline, Instant now);
    /// To be called when the transaction is durable. Stores the new checkpoint outside the database; throws
    /// FaultError of problem::outcome_unknown if that fails: the entries remain stored, but no caller is
    /// answered before the checkpoint is.
    void committed();
    /// May be called after seal().
    [[nodiscard]] LogReceipt receipt(std::uint64_t index) const;

  private:
    friend class LogWriter;
    Round(LogWriter& writer, std::vector<store::PendingLeaf> pending);

    [[nodiscard]] std::vector<store::LogRun> runs() const;

    LogWriter& writer_;
    std::uint64_t first_;
    std::vector<std::string> entries_;
    store::LogGrowth growth_;
    bool kept_ = false;
};

}  // namespace sponsio::service

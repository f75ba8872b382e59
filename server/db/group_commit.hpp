#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/db/completion.hpp"
#include "server/db/fair_queue.hpp"
#include "server/db/lazy_session.hpp"
#include "server/db/session.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace sponsio::db {

/// One thread with its own session that stores batches: one per log shard.
template <class Item, class Out>
struct GroupWriter {
    /// One whole transaction for these items, and one outcome per item in the same order. Returns only after
    /// a checked commit. It throws to refuse them all; if DbError::is_about_data() says that a row was the
    /// reason, the batch is halved and tried again until the bad rows are alone.
    /// Called with no items after poke().
    std::function<std::vector<Outcome<Out>>(PgSession&, std::span<Item const>)> attempt;
    /// Called after every (re)connect, before anything else: settings of the session.
    std::function<void(PgSession&)> on_connect{};
    /// Whether this writer may store now; asked before every batch, and every `tick` while there is none. A
    /// writer that may not store leaves the items to the others. A writer that was idle for a tick runs a
    /// round without items. If empty, the writer may always store and has no ticks.
    std::function<bool(PgSession&)> ready{};
    /// True if an attempt at items stored before returns the outcomes of that time. Such a batch is tried
    /// again after an unknown outcome, which resolves it.
    bool repeatable = false;
};

struct GroupCommitOptions {
    ConnectionOptions connection;
    std::size_t max_batch = 256;
    std::size_t max_pending = 8192;
    int retries = 3;  ///< of a batch after a serialization failure or deadlock
    std::chrono::milliseconds tick{250};
    /// After so long without a writer that may store, nobody is kept waiting: it is the turn of another
    /// process. Until then a lease may still be on its way, as after a start.
    std::chrono::milliseconds until_spare{1000};
    std::chrono::milliseconds doubt{2000};     ///< the longest time spent on resolving an unknown outcome
    std::chrono::milliseconds patience{8000};  ///< for each batch; then its session is given up
    std::chrono::milliseconds longest_round{3000};  ///< a longer round is reported as stuck
};

struct GroupCommitStats {
    bool can_store = false;  ///< whether some writer may store and its last round succeeded
    /// Age of the oldest unfinished round; if nothing can be stored, the time since then.
    std::chrono::milliseconds oldest_round{0};
    std::string why{};  ///< the reason why nothing can be stored
    std::size_t pending = 0;
    std::uint64_t batches = 0;
    std::uint64_t items = 0;
    std::uint64_t halvings = 0;
    std::uint64_t refused_full = 0;
    std::uint64_t refused_late = 0;
    std::uint64_t in_doubt = 0;  ///< items answered at their deadline while their batch was not stored yet
    std::uint64_t reconnects = 0;
};

/// Concurrent adds, one transaction. Parties take turns, and when too many wait, the party with the most is
/// refused first, even what it has queued already. No timer: while one commit is in flight the next batch
/// gathers, so a lone caller pays nothing and a crowd is stored together. Every add is answered exactly once:
/// with its own outcome, `overloaded` (too many waiting, or its deadline passed first), `unavailable` (no
/// connection, no writer that may store, or stopping), or `outcome_unknown` (the connection broke during
/// COMMIT, or the deadline passed while the batch was with the database). A spare, none of whose writers may
/// store, answers `not_the_writer` at once.
template <class Item, class Out>
class GroupCommit {
  public:
    using Result = Outcome<Out>;

    GroupCommit(GroupCommitOptions options, std::vector<GroupWriter<Item, Out>> writers);

    /// Calls stop().
    ~GroupCommit() { stop(); }

    GroupCommit(GroupCommit const&) = delete;
    GroupCommit& operator=(GroupCommit const&) = delete;

    /// Resumes on the caller's own executor after the batch is durable.
    boost::asio::awaitable<Result> add(Item item, Deadline deadline, Sender who = {}) {
        return boost::asio::async_initiate<boost::asio::use_awaitable_t<> const&, void(Result)>(
            [this, deadline, who](auto handler, Item taken) {
                enqueue(who, Waiter{std::move(taken), deadline, Completion<Result>(std::move(handler))});
            },
            boost::asio::use_awaitable, std::move(item));
    }

    /// Adds several items, answered together after the last of them, in the order of the items.
    boost::asio::awaitable<std::vector<Result>> add_all(std::vector<Item> items, Deadline deadline,
                                                        Sender who = {}) {
        return boost::asio::async_initiate<boost::asio::use_awaitable_t<> const&, void(std::vector<Result>)>(
            [this, deadline, who](auto handler, std::vector<Item> taken) {
                auto crowd = std::make_shared<Crowd>(Completion<std::vector<Result>>(std::move(handler)),
                                                     taken.size());
                std::vector<Waiter> waiters;
                waiters.reserve(taken.size());
                for (std::size_t i = 0; i != taken.size(); ++i)
                    waiters.push_back({std::move(taken[i]), deadline, Member{crowd, i}});
                enqueue(who, waiters);
                crowd->leave();
            },
            boost::asio::use_awaitable, std::move(items));
    }

    /// add() for a plain thread.
    Result add_blocking(Item item, Deadline deadline, Sender who = {}) {
        std::promise<Result> promise;
        auto answer = promise.get_future();
        enqueue(who, Waiter{std::move(item), deadline, std::move(promise)});
        return answer.get();
    }

    /// Lets one writer run a round even if nobody added anything.
    void poke();

    [[nodiscard]] GroupCommitStats stats() const;

    /// Accepts no more items, stores the pending ones, joins. Not to be called from a writer.
    void stop();

  private:
    /// The items of one add_all(). The last answer, or the end of adding, completes them.
    struct Crowd {
        Crowd(Completion<std::vector<Result>> waiting, std::size_t size)
            : done(std::move(waiting)), outcomes(size, Result(Fault{})), left(size + 1) {}

        void leave() {
            if (left.fetch_sub(1) == 1) done(std::move(outcomes));
        }

        Completion<std::vector<Result>> done;
        std::vector<Result> outcomes;
        std::atomic<std::size_t> left;
    };

    struct Member {
        std::shared_ptr<Crowd> crowd;
        std::size_t index;
    };

    using Done = std::variant<Completion<Result>, std::promise<Result>, Member>;

    struct Waiter {
        Item item;
        Deadline deadline;
        Done done;
    };

    enum class Next : std::uint8_t { batch, nothing, stop };

    /// The caller of an item that is with the database; `done` is empty once it was answered.
    struct Waiting {
        Deadline deadline;
        std::optional<Done> done;
    };

    /// The work of one writer, kept between rounds so that its buffers are reused.
    struct Batch {
        std::vector<Item> items;
        std::vector<Result> outcomes;
        std::vector<Waiter> late;
        // Guarded by the lock, since other threads read them:
        std::vector<Waiting> waiters;
        std::optional<Deadline> began;  ///< while a round runs
        bool may_store = false;
        bool stands_by = false;  ///< it asked, and may not store
        std::string failed;      ///< why its last round failed; empty: it did not

        void clear() {
            items.clear();
            outcomes.clear();
            late.clear();
        }
    };

    static void answer(Done& done, Result outcome);

    void enqueue(Sender const& who, Waiter waiter) { enqueue(who, std::span(&waiter, 1)); }

    void enqueue(Sender const& who, std::span<Waiter> waiters);
    Next take(Batch& batch, bool ticks, bool may_store);
    bool may_store(LazySession& session, GroupWriter<Item, Out>& writer, Batch& batch) noexcept;
    [[nodiscard]] bool is_spare() const;
    void write(GroupWriter<Item, Out>& writer, Batch& batch) noexcept;
    void store(LazySession& session, GroupWriter<Item, Out>& writer, Batch& batch);
    std::optional<Fault> try_to_store(LazySession& session, GroupWriter<Item, Out>& writer, Batch& batch);
    bool try_again(Batch const& batch, Deadline end);
    void answer_all(Batch& batch);
    void watch() noexcept;
    void answer_overdue(std::unique_lock<std::mutex>& lock);
    void attempt(PgSession& db, GroupWriter<Item, Out>& writer, std::span<Item const> items,
                 std::vector<Result>& outcomes);

    GroupCommitOptions options_;
    std::vector<GroupWriter<Item, Out>> writers_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;     ///< writers that may store
    std::condition_variable standby_;  ///< the others
    std::condition_variable stop_watching_;
    FairQueue<Waiter> pending_;
    std::deque<Batch> batches_;  ///< one for each writer
    bool poked_ = false;
    bool stopping_ = false;
    std::chrono::steady_clock::time_point last_stored_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point could_store_ = std::chrono::steady_clock::now();  ///< at the latest
    GroupCommitStats counted_;
    std::vector<std::thread> threads_;
    std::thread watcher_;
};

}  // namespace sponsio::db

#include "server/db/group_commit_impl.hpp"

#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/db/completion.hpp"
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
#include <thread>
#include <type_traits>
#include <vector>

namespace sponsio::db {

/// An observer of jobs, called on the database thread. Must not throw or block.
struct ExecutorObserver {
    virtual ~ExecutorObserver() = default;

    virtual void waited(std::chrono::nanoseconds) noexcept {}

    virtual void ran(std::chrono::nanoseconds) noexcept {}

    /// A job ended with a fault of the server's own (5xx), or a posted one with any fault.
    virtual void failed(Fault const&) noexcept {}

    /// A job failed because the connection is missing or broke.
    virtual void lost(Fault const&) noexcept {}

    /// A session was made: the first of a thread, or one in place of a lost one. The server behind it may be
    /// another than before.
    virtual void connected() noexcept {}
};

struct ExecutorOptions {
    ConnectionOptions connection;
    std::size_t threads = 4;
    std::size_t max_queue = 1024;
    /// The time that a running job may exceed its deadline, since it may be nearly done. After that its
    /// session is given up, so that every caller is answered whatever the network does.
    std::chrono::milliseconds grace{3000};
    std::shared_ptr<ExecutorObserver> observer = std::make_shared<ExecutorObserver>();
};

struct ExecutorStats {
    std::size_t queued = 0;
    std::size_t running = 0;
    std::uint64_t done = 0;
    std::uint64_t refused_full = 0;  ///< the queue was full
    std::uint64_t refused_late = 0;  ///< the deadline passed while waiting
    std::uint64_t reconnects = 0;
};

/// The threads that own the blocking sessions: one thread, one session, one statement cache. A job is refused
/// before it costs a query: `overloaded` with Retry-After when the queue is full or its deadline passed while
/// it waited, `unavailable` when there is no connection. It is never run twice. Every caller is answered soon
/// after its deadline, even if the database does not respond.
class DbExecutor {
  public:
    explicit DbExecutor(ExecutorOptions options);
    /// Calls stop(). Jobs answer through their callers' executors: stop before those contexts are destroyed.
    ~DbExecutor();
    DbExecutor(DbExecutor const&) = delete;
    DbExecutor& operator=(DbExecutor const&) = delete;

    /// Runs `Outcome<T> job(PgSession&)` on a database thread and resumes on the caller's own executor. An
    /// exception of the job becomes a Fault. The closure is never a temporary of an expression that suspends.
    template <class Job, class R = std::invoke_result_t<Job&, PgSession&>>
    boost::asio::awaitable<R> run(Deadline deadline, Job job) {
        static_assert(is_outcome<R>, "a job answers with an Outcome");
        return boost::asio::async_initiate<boost::asio::use_awaitable_t<> const&, void(R)>(
            [this, deadline](auto handler, Job work) {
                submit(std::make_unique<JobTask<Job, R, Completion<R>>>(deadline, std::move(work),
                                                                        Completion<R>(std::move(handler))));
            },
            boost::asio::use_awaitable, std::move(job));
    }

    /// run() for a plain thread. Never call it on an I/O thread.
    template <class Job, class R = std::invoke_result_t<Job&, PgSession&>>
    R run_blocking(Deadline deadline, Job job) {
        static_assert(is_outcome<R>, "a job answers with an Outcome");
        std::promise<R> promise;
        std::future<R> answer = promise.get_future();
        auto finish = [&promise](R outcome) { promise.set_value(std::move(outcome)); };
        submit(std::make_unique<JobTask<Job, R, decltype(finish)>>(deadline, std::move(job), finish));
        return answer.get();
    }

    /// Runs `Outcome<void> job(PgSession&)` without a caller; a fault goes to the observer.
    template <class Job>
    void post(Job job) {
        auto finish = [observer = options_.observer](Outcome<void> const& outcome) {
            if (!outcome) observer->failed(outcome.error());
        };
        submit(std::make_unique<JobTask<Job, Outcome<void>, decltype(finish)>>(Deadline::max(),
                                                                               std::move(job), finish));
    }

    [[nodiscard]] ExecutorStats stats() const;

    /// Accepts no more jobs, finishes the queued ones, joins. Not to be called from a database thread.
    void stop();

  private:
    template <class R>
    static constexpr bool is_outcome = false;
    template <class T>
    static constexpr bool is_outcome<Outcome<T>> = true;

    struct Task {
        explicit Task(Deadline when) : deadline(when) {}

        virtual ~Task() = default;
        /// The fault to report, if the job ended with one of the server's own (5xx).
        virtual std::optional<Fault> run(PgSession& db) noexcept = 0;
        virtual void refuse(Fault why) noexcept = 0;
        Deadline deadline;
        std::chrono::steady_clock::time_point submitted = std::chrono::steady_clock::now();
    };

    template <class Job, class R, class Finish>
    struct JobTask final : Task {
        JobTask(Deadline when, Job work, Finish end)
            : Task(when), job(std::move(work)), finish(std::move(end)) {}

        std::optional<Fault> run(PgSession& db) noexcept override {
            std::optional<R> outcome;
            try {
                outcome.emplace(job(db));
            } catch (...) {
                outcome.emplace(fault_from_current_exception());
            }
            std::optional<Fault> report;
            if (outcome->has_error() && outcome->error().problem->status >= 500) report = outcome->error();
            finish(std::move(*outcome));
            return report;
        }

        void refuse(Fault why) noexcept override { finish(R(std::move(why))); }

        Job job;
        Finish finish;
    };

    std::optional<Fault> enqueue(std::unique_ptr<Task>& task);
    void submit(std::unique_ptr<Task> task);
    std::unique_ptr<Task> next();
    void watch() noexcept;
    void refuse_late(std::unique_lock<std::mutex>& lock);
    void work() noexcept;
    void serve(class LazySession& session, Task& task) noexcept;

    ExecutorOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable stop_watching_;
    std::deque<std::unique_ptr<Task>> queue_;
    bool stopping_ = false;
    std::size_t running_ = 0;
    ExecutorStats counted_;
    std::atomic<std::uint64_t> reconnects_{0};
    std::vector<std::thread> threads_;
    std::thread watcher_;
};

}  // namespace sponsio::db

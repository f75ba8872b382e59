#include "server/db/executor.hpp"

#include "server/db/lazy_session.hpp"

#include <algorithm>
#include <iterator>

namespace sponsio::db {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto between_looks = 100ms;

Fault refusal(Problem const& kind, std::string_view cause) {
    Fault f = fault(kind);
    f.retry_after = 1s;
    f.cause = cause;
    return f;
}

}  // namespace

DbExecutor::DbExecutor(ExecutorOptions options) : options_(std::move(options)) {
    threads_.reserve(options_.threads);
    for (std::size_t i = 0; i != options_.threads; ++i) threads_.emplace_back([this] { work(); });
    watcher_ = std::thread([this] { watch(); });
}

DbExecutor::~DbExecutor() {
    stop();
}

void DbExecutor::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    stop_watching_.notify_all();
    if (watcher_.joinable()) watcher_.join();
}

ExecutorStats DbExecutor::stats() const {
    std::lock_guard lock(mutex_);
    ExecutorStats now = counted_;
    now.queued = queue_.size();
    now.running = running_;
    now.reconnects = reconnects_;
    return now;
}

/// Queues the task, or returns the reason why not.
std::optional<Fault> DbExecutor::enqueue(std::unique_ptr<Task>& task) {
    std::lock_guard lock(mutex_);
    if (stopping_) return refusal(problem::unavailable, "the database executor is stopping");
    if (queue_.size() >= options_.max_queue) {
        ++counted_.refused_full;
        return refusal(problem::overloaded, "the database queue is full");
    }
    queue_.push_back(std::move(task));
    return std::nullopt;
}

void DbExecutor::submit(std::unique_ptr<Task> task) {
    if (auto why = enqueue(task))
        task->refuse(std::move(*why));
    else
        wake_.notify_one();
}

/// The next job, after refusing those in front of it that are too late. Null: stop.
std::unique_ptr<DbExecutor::Task> DbExecutor::next() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (!queue_.empty() && queue_.front()->deadline < SteadyClock::now()) refuse_late(lock);
        if (queue_.empty()) {
            if (stopping_) return nullptr;
            continue;
        }
        auto task = std::move(queue_.front());
        queue_.pop_front();
        ++running_;
        return task;
    }
}

/// Refuses every queued job whose deadline has passed; releases the lock meanwhile.
void DbExecutor::refuse_late(std::unique_lock<std::mutex>& lock) {
    auto const now = SteadyClock::now();
    auto const first = std::stable_partition(queue_.begin(), queue_.end(),
                                             [now](auto const& task) { return task->deadline >= now; });
    std::vector<std::unique_ptr<Task>> late(std::make_move_iterator(first),
                                            std::make_move_iterator(queue_.end()));
    if (late.empty()) return;
    queue_.erase(first, queue_.end());
    counted_.refused_late += late.size();
    lock.unlock();
    for (auto const& task : late)
        task->refuse(refusal(problem::overloaded, "the deadline passed while waiting for a database thread"));
    lock.lock();
}

/// A thread of its own refuses late jobs, since all database threads may be waiting for the database.
void DbExecutor::watch() noexcept {
    std::unique_lock lock(mutex_);
    while (!(stopping_ && queue_.empty())) {
        refuse_late(lock);
        stop_watching_.wait_for(lock, between_looks);
    }
}

void DbExecutor::work() noexcept {
    LazySession session(options_.connection, [this](PgSession&) { options_.observer->connected(); });
    while (auto const task = next()) {
        serve(session, *task);
        std::lock_guard lock(mutex_);
        --running_;
        ++counted_.done;
    }
}

void DbExecutor::serve(LazySession& session, Task& task) noexcept {
    auto const started = SteadyClock::now();
    options_.observer->waited(started - task.submitted);
    std::optional<Fault> failed;
    auto const before = session.connects();
    try {
        PgSession& db = session.get();
        if (before != 0 && session.connects() != before) ++reconnects_;
        db.answer_by(task.deadline == Deadline::max() ? task.deadline : task.deadline + options_.grace);
        failed = task.run(db);
    } catch (...) {
        failed = fault_from_current_exception();
        task.refuse(*failed);
    }
    session.tidy();
    if (failed && session.connected())
        options_.observer->failed(*failed);
    else if (failed)
        options_.observer->lost(*failed);
    options_.observer->ran(SteadyClock::now() - started);
}

}  // namespace sponsio::db

#include "server/db/executor.hpp"

#include "server/db/lazy_session.hpp"

namespace sponsio::db {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

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
}

ExecutorStats DbExecutor::stats() const {
    std::lock_guard lock(mutex_);
    ExecutorStats now = counted_;
    now.queued = queue_.size();
    now.running = running_;
    now.reconnects = reconnects_;
    return now;
}

/// Takes the task over, or says why not.
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

/// The next job whose deadline has not passed; those in front of it that are too late are refused. Null:
/// stop.
std::unique_ptr<DbExecutor::Task> DbExecutor::next() {
    for (;;) {
        std::unique_ptr<Task> task;
        bool late = false;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return nullptr;
            task = std::move(queue_.front());
            queue_.pop_front();
            late = task->deadline < SteadyClock::now();
            ++(late ? counted_.refused_late : running_);
        }
        if (!late) return task;
        task->refuse(refusal(problem::overloaded, "the deadline passed while waiting for a database thread"));
    }
}

void DbExecutor::work() noexcept {
    LazySession session(options_.connection);
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
        failed = task.run(db);
    } catch (...) {
        failed = fault_from_current_exception();
        task.refuse(*failed);
    }
    if (failed) options_.observer->failed(*failed);
    session.tidy();
    options_.observer->ran(SteadyClock::now() - started);
}

}  // namespace sponsio::db

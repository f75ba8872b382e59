#pragma once

// The templates of group_commit.hpp.

#include "server/db/group_commit.hpp"
#include "server/db/tx.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sponsio::db {

namespace detail {
Fault too_many_waiting();
Fault waited_too_long();
Fault stopped();
Fault no_writer();
Fault spare();
/// What /readyz says of a spare, or of one that is about to become it.
std::string_view why_spare();
Fault still_with_the_database();
/// A fault for a writer that returns another number of outcomes than it got items, against its contract.
Fault wrong_number_of_outcomes();
}  // namespace detail

template <class Item, class Out>
GroupCommit<Item, Out>::GroupCommit(GroupCommitOptions options, std::vector<GroupWriter<Item, Out>> writers)
    : options_(std::move(options)), writers_(std::move(writers)) {
    batches_.resize(writers_.size());
    threads_.reserve(writers_.size());
    for (std::size_t i = 0; i != writers_.size(); ++i)
        threads_.emplace_back([this, i] { write(writers_[i], batches_[i]); });
    watcher_ = std::thread([this] { watch(); });
}

template <class Item, class Out>
void GroupCommit<Item, Out>::answer(Done& done, Result outcome) {
    if (auto* waiting = std::get_if<Completion<Result>>(&done)) {
        (*waiting)(std::move(outcome));
    } else if (auto* member = std::get_if<Member>(&done)) {
        member->crowd->outcomes[member->index] = std::move(outcome);
        member->crowd->leave();
    } else {
        std::get<std::promise<Result>>(done).set_value(std::move(outcome));
    }
}

/// All are queued at once, so that a woken writer finds all of them.
template <class Item, class Out>
void GroupCommit<Item, Out>::enqueue(Sender const& who, std::span<Waiter> waiters) {
    std::optional<Fault> refusal;
    std::size_t taken = 0;
    std::deque<Waiter> displaced;
    {
        std::lock_guard lock(mutex_);
        if (stopping_)
            refusal = detail::stopped();
        else if (is_spare())
            refusal = detail::spare();
        for (; !refusal && taken != waiters.size(); ++taken) {
            if (pending_.size() >= options_.max_pending) {
                auto other = pending_.displace_for(who);
                if (!other) break;
                displaced.push_back(std::move(*other));
            }
            pending_.push(who, std::move(waiters[taken]));
        }
        if (!refusal) counted_.refused_full += waiters.size() - taken + displaced.size();
    }
    if (taken != 0) wake_.notify_one();
    for (Waiter& refused : waiters.subspan(taken))
        answer(refused.done, refusal ? *refusal : detail::too_many_waiting());
    for (Waiter& refused : displaced) answer(refused.done, detail::too_many_waiting());
}

template <class Item, class Out>
void GroupCommit<Item, Out>::poke() {
    {
        std::lock_guard lock(mutex_);
        poked_ = true;
    }
    wake_.notify_one();
}

template <class Item, class Out>
GroupCommitStats GroupCommit<Item, Out>::stats() const {
    std::lock_guard lock(mutex_);
    GroupCommitStats now = counted_;
    now.pending = pending_.size();
    auto const moment = std::chrono::steady_clock::now();
    for (Batch const& batch : batches_) {
        auto const age = batch.began ? std::chrono::ceil<std::chrono::milliseconds>(moment - *batch.began)
                                     : std::chrono::milliseconds{0};
        now.oldest_round = std::max(now.oldest_round, age);
        bool const slow = age > options_.longest_round;
        if (batch.may_store && batch.failed.empty() && !slow) now.can_store = true;
        if (!batch.may_store)
            now.why = detail::why_spare();
        else
            now.why = slow ? "a round has been with the database for " + std::to_string(age.count()) + " ms"
                           : batch.failed;
    }
    if (now.can_store)
        now.why.clear();
    else
        now.oldest_round =
            std::max(now.oldest_round, std::chrono::ceil<std::chrono::milliseconds>(moment - last_stored_));
    return now;
}

template <class Item, class Out>
void GroupCommit<Item, Out>::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    standby_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    stop_watching_.notify_all();
    if (watcher_.joinable()) watcher_.join();
    // Items are left only if no writer could store any more.
    for (Waiter& left : pending_.extract([](Waiter const&) { return true; }))
        answer(left.done, detail::stopped());
}

/// Under the lock: whether another process stores, and has done so for longer than it takes to get a lease
/// that nobody holds.
template <class Item, class Out>
bool GroupCommit<Item, Out>::is_spare() const {
    return std::ranges::all_of(batches_, &Batch::stands_by) &&
           std::chrono::steady_clock::now() > could_store_ + options_.until_spare;
}

/// Answers everybody at the deadline, even while every writer waits for the database.
template <class Item, class Out>
void GroupCommit<Item, Out>::watch() noexcept {
    std::unique_lock lock(mutex_);
    auto const over = [this] {
        return stopping_ && std::ranges::all_of(batches_, [](Batch const& b) { return b.waiters.empty(); });
    };
    while (!over()) {
        answer_overdue(lock);
        stop_watching_.wait_for(lock, std::chrono::milliseconds(100));
    }
}

/// Releases the lock while it answers.
template <class Item, class Out>
void GroupCommit<Item, Out>::answer_overdue(std::unique_lock<std::mutex>& lock) {
    auto const now = std::chrono::steady_clock::now();
    bool const spare = is_spare();
    std::deque<Waiter> late =
        pending_.extract([&](Waiter const& waiter) { return spare || waiter.deadline < now; });
    if (!spare) counted_.refused_late += late.size();
    std::vector<Done> in_doubt;
    for (Batch& batch : batches_)
        for (Waiting& waiting : batch.waiters)
            if (waiting.done && waiting.deadline < now)
                in_doubt.push_back(*std::exchange(waiting.done, std::nullopt));
    counted_.in_doubt += in_doubt.size();
    lock.unlock();
    for (Waiter& one : late) answer(one.done, spare ? detail::spare() : detail::waited_too_long());
    for (Done& done : in_doubt) answer(done, detail::still_with_the_database());
    lock.lock();
}

/// Moves waiting items into the batch. A writer with ticks gets a round without items after each tick.
template <class Item, class Out>
typename GroupCommit<Item, Out>::Next GroupCommit<Item, Out>::take(Batch& batch, bool ticks, bool may_store) {
    std::unique_lock lock(mutex_);
    auto const something = [&] { return stopping_ || (may_store && (poked_ || !pending_.empty())); };
    auto& sign = may_store ? wake_ : standby_;
    if (ticks)
        sign.wait_for(lock, options_.tick, something);
    else
        sign.wait(lock, something);
    if (stopping_ && (!may_store || (pending_.empty() && !poked_))) return Next::stop;
    if (!may_store) return Next::nothing;
    bool const poked = std::exchange(poked_, false);
    auto const now = std::chrono::steady_clock::now();
    batch.began = now;
    while (!pending_.empty() && batch.items.size() < options_.max_batch) {
        Waiter next = pending_.pop();
        if (next.deadline < now) {
            ++counted_.refused_late;
            batch.late.push_back(std::move(next));
            continue;
        }
        batch.items.push_back(std::move(next.item));
        batch.waiters.push_back({next.deadline, std::move(next.done)});
    }
    if (!batch.items.empty()) ++counted_.batches;
    counted_.items += batch.items.size();
    if (!pending_.empty() && threads_.size() > 1) wake_.notify_one();
    // All that waited came too late: there is nothing to ask the database for.
    if (batch.items.empty() && !poked && !ticks) return Next::nothing;
    return Next::batch;
}

/// A writer without a connection takes items, so that its refusal tells the reason.
template <class Item, class Out>
bool GroupCommit<Item, Out>::may_store(LazySession& session, GroupWriter<Item, Out>& writer,
                                       Batch& batch) noexcept {
    bool may = true;
    try {
        if (writer.ready) {
            PgSession& db = session.get();
            db.answer_by(std::chrono::steady_clock::now() + options_.patience);
            may = writer.ready(db);
        }
    } catch (...) {
        session.tidy();
    }
    std::lock_guard lock(mutex_);
    batch.may_store = may;
    batch.stands_by = !may;
    if (may) could_store_ = std::chrono::steady_clock::now();
    return may;
}

template <class Item, class Out>
void GroupCommit<Item, Out>::write(GroupWriter<Item, Out>& writer, Batch& batch) noexcept {
    LazySession session(options_.connection, [this, &writer](PgSession& db) {
        {
            std::lock_guard lock(mutex_);
            ++counted_.reconnects;
        }
        if (writer.on_connect) writer.on_connect(db);
    });
    for (;;) {
        Next const next = take(batch, bool{writer.ready}, may_store(session, writer, batch));
        if (next == Next::stop) break;
        for (Waiter& late : batch.late) answer(late.done, detail::waited_too_long());
        if (next == Next::batch) store(session, writer, batch);
        answer_all(batch);
        batch.clear();
    }
}

/// Answers all callers that have no answer yet.
template <class Item, class Out>
void GroupCommit<Item, Out>::answer_all(Batch& batch) {
    std::vector<Waiting> waiters;
    {
        std::lock_guard lock(mutex_);
        waiters.swap(batch.waiters);
        batch.began.reset();
    }
    for (std::size_t i = 0; i != waiters.size(); ++i)
        if (waiters[i].done) answer(*waiters[i].done, std::move(batch.outcomes[i]));
}

/// Fills batch.outcomes, one per item, in every case. A batch whose outcome is unknown is stored once more,
/// which resolves it; until then none of its callers is told that nothing was stored.
template <class Item, class Out>
void GroupCommit<Item, Out>::store(LazySession& session, GroupWriter<Item, Out>& writer, Batch& batch) {
    auto const end = std::chrono::steady_clock::now() + options_.doubt;
    bool in_doubt = false;
    std::optional<Fault> failed;
    do {
        failed = try_to_store(session, writer, batch);
        if (!failed) break;
        in_doubt = in_doubt || failed->problem == &problem::outcome_unknown;
    } while (in_doubt && writer.repeatable && try_again(batch, end));
    if (failed) {
        if (in_doubt) {
            failed->problem = &problem::outcome_unknown;
            if (!failed->retry_after) failed->retry_after = std::chrono::seconds{2};
        }
        // Only the items without an outcome get this failure; halves stored before it keep theirs.
        batch.outcomes.resize(batch.items.size(), Result(*failed));
    }
    std::lock_guard lock(mutex_);
    if (!failed) last_stored_ = std::chrono::steady_clock::now();
    batch.failed = !failed                 ? std::string()
                   : failed->cause.empty() ? std::string(failed->problem->slug)
                                           : failed->cause;
}

/// Makes one attempt at the items without an outcome; returns the reason if it failed.
template <class Item, class Out>
std::optional<Fault> GroupCommit<Item, Out>::try_to_store(LazySession& session,
                                                          GroupWriter<Item, Out>& writer, Batch& batch) {
    std::optional<Fault> failed;
    try {
        PgSession& db = session.get();
        db.answer_by(std::chrono::steady_clock::now() + options_.patience);
        // Asked again, since the session may have been lost and made anew while this writer waited.
        if (writer.ready && !writer.ready(db)) throw FaultError(detail::no_writer());
        attempt(db, writer, std::span<Item const>(batch.items).subspan(batch.outcomes.size()),
                batch.outcomes);
    } catch (...) {
        failed = fault_from_current_exception();
    }
    session.tidy();
    return failed;
}

/// Waits a moment before another attempt; false when stopping or when nobody waits any more.
template <class Item, class Out>
bool GroupCommit<Item, Out>::try_again(Batch const& batch, Deadline end) {
    std::unique_lock lock(mutex_);
    auto const somebody = [&] {
        return std::ranges::any_of(batch.waiters, [](Waiting const& w) { return w.done.has_value(); });
    };
    if (std::chrono::steady_clock::now() >= end || stopping_ || !somebody()) return false;
    stop_watching_.wait_for(lock, std::chrono::milliseconds(50), [this] { return stopping_; });
    return true;
}

template <class Item, class Out>
void GroupCommit<Item, Out>::attempt(PgSession& db, GroupWriter<Item, Out>& writer,
                                     std::span<Item const> items, std::vector<Result>& outcomes) {
    try {
        auto stored = retry([&] { return writer.attempt(db, items); }, {.attempts = options_.retries});
        if (stored.size() != items.size()) throw FaultError(detail::wrong_number_of_outcomes());
        std::move(stored.begin(), stored.end(), std::back_inserter(outcomes));
        return;
    } catch (DbError const& error) {
        if (!error.is_about_data()) throw;
        if (items.size() <= 1) {
            if (items.size() == 1) outcomes.push_back(fault_of(error));
            return;
        }
    }
    {
        std::lock_guard lock(mutex_);
        ++counted_.halvings;
    }
    attempt(db, writer, items.first(items.size() / 2), outcomes);
    attempt(db, writer, items.subspan(items.size() / 2), outcomes);
}

}  // namespace sponsio::db

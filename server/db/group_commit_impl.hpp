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
/// A writer that answers another number of outcomes than it got items broke its contract.
Fault wrong_number_of_outcomes();
}  // namespace detail

template <class Item, class Out>
GroupCommit<Item, Out>::GroupCommit(GroupCommitOptions options, std::vector<GroupWriter<Item, Out>> writers)
    : options_(std::move(options)), writers_(std::move(writers)) {
    threads_.reserve(writers_.size());
    for (auto& writer : writers_) threads_.emplace_back([this, &writer] { write(writer); });
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

/// Together, so that a writer which is woken finds them all.
template <class Item, class Out>
void GroupCommit<Item, Out>::enqueue(std::span<Waiter> waiters) {
    std::optional<Fault> refusal;
    std::size_t taken = 0;
    {
        std::lock_guard lock(mutex_);
        if (stopping_) refusal = detail::stopped();
        for (; !stopping_ && taken != waiters.size() && pending_.size() < options_.max_pending; ++taken)
            pending_.push_back(std::move(waiters[taken]));
        if (!stopping_) counted_.refused_full += waiters.size() - taken;
    }
    if (taken != 0) wake_.notify_one();
    for (Waiter& refused : waiters.subspan(taken))
        answer(refused.done, refusal ? *refusal : detail::too_many_waiting());
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
    // Only if no writer could store any more.
    for (Waiter& left : pending_) answer(left.done, detail::stopped());
    pending_.clear();
}

/// Under the lock: those in front whose deadline has passed.
template <class Item, class Out>
void GroupCommit<Item, Out>::refuse_late(std::vector<Waiter>& late) {
    auto const now = std::chrono::steady_clock::now();
    while (!pending_.empty() && pending_.front().deadline < now) {
        ++counted_.refused_late;
        late.push_back(std::move(pending_.front()));
        pending_.pop_front();
    }
}

/// Waits for work and moves it into the batch; a writer with ticks gets a round without items after each.
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
    refuse_late(batch.late);
    if (!may_store) return Next::nothing;
    batch.poked = std::exchange(poked_, false) || pending_.empty();
    while (!pending_.empty() && batch.items.size() < options_.max_batch) {
        Waiter& first = pending_.front();
        batch.items.push_back(std::move(first.item));
        batch.waiters.push_back(std::move(first.done));
        pending_.pop_front();
        refuse_late(batch.late);
    }
    if (!batch.items.empty()) ++counted_.batches;
    counted_.items += batch.items.size();
    if (!pending_.empty() && threads_.size() > 1) wake_.notify_one();
    return Next::batch;
}

/// A writer that cannot ask, because there is no connection, takes work: its refusal says why.
template <class Item, class Out>
bool GroupCommit<Item, Out>::may_store(LazySession& session, GroupWriter<Item, Out>& writer) noexcept {
    if (!writer.ready) return true;
    try {
        return writer.ready(session.get());
    } catch (...) {
        return true;
    }
}

template <class Item, class Out>
void GroupCommit<Item, Out>::write(GroupWriter<Item, Out>& writer) noexcept {
    LazySession session(options_.connection, [this, &writer](PgSession& db) {
        {
            std::lock_guard lock(mutex_);
            ++counted_.reconnects;
        }
        if (writer.on_connect) writer.on_connect(db);
    });
    Batch batch;
    for (;;) {
        Next const next = take(batch, bool{writer.ready}, may_store(session, writer));
        if (next == Next::stop) break;
        for (Waiter& late : batch.late) answer(late.done, detail::waited_too_long());
        if (next == Next::batch) store(session, writer, batch);
        for (std::size_t i = 0; i != batch.waiters.size(); ++i)
            answer(batch.waiters[i], std::move(batch.outcomes[i]));
        batch.clear();
    }
}

/// Fills batch.outcomes, one per item, whatever happens.
template <class Item, class Out>
void GroupCommit<Item, Out>::store(LazySession& session, GroupWriter<Item, Out>& writer, Batch& batch) {
    try {
        PgSession& db = session.get();
        // Asked again: the session may have been lost, and made anew, while this writer waited.
        if (writer.ready && !writer.ready(db)) throw FaultError(detail::no_writer());
        attempt(db, writer, batch.items, batch.outcomes);
    } catch (...) {
        // Only what was not yet stored and answered: the halves before the failure stand.
        batch.outcomes.resize(batch.items.size(), Result(fault_from_current_exception()));
    }
    session.tidy();
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

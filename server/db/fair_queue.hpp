#pragma once

#include "server/base/id.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace sponsio::db {

/// Who waits: a member of a group, such as an account of an organisation.
struct Sender {
    Uuid group{}, member{};
};

/// A queue in which groups take turns, and within a group its members: nobody waits longer because somebody
/// else has queued more. What one member has queued keeps its order. Items are moved into new places and
/// never assigned. Used under a lock.
template <class T>
class FairQueue {
  public:
    [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }

    [[nodiscard]] bool empty() const noexcept { return groups_.size() == 0; }

    void push(Sender const& who, T item) { groups_.push(who, std::move(item)); }

    /// Not of an empty queue.
    T pop() { return groups_.pop(); }

    /// What was queued last by the member that has the most of the group that has the most, if that is more
    /// than `newcomer` would have with one item more.
    std::optional<T> displace_for(Sender const& newcomer) {
        if (empty()) return std::nullopt;
        auto [group, members] = groups_.largest();
        std::size_t const own = groups_.size_of(newcomer.group);
        bool const of_own_group = group == newcomer.group;
        if (!of_own_group && members.size() <= own + 1) return std::nullopt;
        auto [member, items] = members.largest();
        if (of_own_group && items.size() <= members.size_of(newcomer.member) + 1) return std::nullopt;
        return groups_.drop_of(group, member);
    }

    /// Takes out all that `is_wanted`.
    template <class IsWanted>
    std::deque<T> extract(IsWanted is_wanted) {
        std::deque<T> taken;
        groups_.extract(is_wanted, taken);
        return taken;
    }

  private:
    /// In order of arrival.
    struct Line {
        std::deque<T> items;

        [[nodiscard]] std::size_t size() const noexcept { return items.size(); }

        void push(Sender const&, T item) { items.push_back(std::move(item)); }

        T pop() {
            T first(std::move(items.front()));
            items.pop_front();
            return first;
        }

        T drop() {
            T last(std::move(items.back()));
            items.pop_back();
            return last;
        }

        template <class IsWanted>
        void extract(IsWanted& is_wanted, std::deque<T>& taken) {
            std::deque<T> left;
            for (T& item : items) (is_wanted(item) ? taken : left).push_back(std::move(item));
            items.swap(left);
        }
    };

    /// Queues that take turns, each under its key. None of them is empty.
    template <class Queue, Uuid Sender::*key>
    class Ring {
      public:
        [[nodiscard]] std::size_t size() const noexcept { return size_; }

        [[nodiscard]] std::size_t size_of(Uuid const& one) const {
            auto const found = queues_.find(one);
            return found == queues_.end() ? 0 : found->second.size();
        }

        /// Not of an empty ring.
        [[nodiscard]] std::pair<Uuid, Queue&> largest() {
            auto const found =
                std::ranges::max_element(queues_, {}, [](auto const& one) { return one.second.size(); });
            return {found->first, found->second};
        }

        void push(Sender const& who, T item) {
            auto const [at, fresh] = queues_.try_emplace(who.*key);
            if (fresh) turns_.push_back(who.*key);
            at->second.push(who, std::move(item));
            ++size_;
        }

        T pop() {
            Uuid const next = turns_.front();
            turns_.pop_front();
            auto const at = queues_.find(next);
            T item = at->second.pop();
            --size_;
            if (at->second.size() == 0)
                queues_.erase(at);
            else
                turns_.push_back(next);
            return item;
        }

        template <class... Inner>
        T drop_of(Uuid const& one, Inner const&... inner) {
            auto const at = queues_.find(one);
            --size_;
            if constexpr (sizeof...(inner) == 0) {
                T item = at->second.drop();
                forget_if_empty(at);
                return item;
            } else {
                T item = at->second.drop_of(inner...);
                forget_if_empty(at);
                return item;
            }
        }

        template <class IsWanted>
        void extract(IsWanted& is_wanted, std::deque<T>& taken) {
            for (auto at = queues_.begin(); at != queues_.end();) {
                auto const next = std::next(at);
                size_ -= at->second.size();
                at->second.extract(is_wanted, taken);
                size_ += at->second.size();
                forget_if_empty(at);
                at = next;
            }
        }

      private:
        using Queues = std::map<Uuid, Queue>;

        void forget_if_empty(typename Queues::iterator at) {
            if (at->second.size() != 0) return;
            std::erase(turns_, at->first);
            queues_.erase(at);
        }

        Queues queues_;
        std::deque<Uuid> turns_;  ///< the keys, the next one first
        std::size_t size_ = 0;    ///< of all queues together
    };

    Ring<Ring<Line, &Sender::member>, &Sender::group> groups_;
};

}  // namespace sponsio::db

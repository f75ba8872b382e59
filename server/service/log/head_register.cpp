#include "server/service/log/head_register.hpp"

#include "server/service/log/state.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace sponsio::service {
namespace {

using namespace std::chrono_literals;

/// The longest wait for the places.
constexpr auto patience = 8s;

/// The wait for places beyond the majority. The shard's transaction is idle meanwhile, and the database ends
/// it after a lease's term.
constexpr auto patience_with_stragglers = 1s;
static_assert(patience_with_stragglers < store::lease_term);

/// An older copy is recognised even if it is put back over the original's own bytes.
constexpr auto between_renewals = 1h;

Fault does_not_answer() {
    Fault f =
        fault(problem::unavailable,
              "Too few of the places that keep the log's published heads answer; nothing is signed until "
              "they do.",
              "保存已发布日志头的位置应答不足，暂停签署。");
    f.retry_after = 5s;
    f.cause = no_answer;
    return f;
}

template <class T>
using Answers = std::vector<std::optional<Outcome<T>>>;

template <class T>
std::size_t count_of(Answers<T> const& answers, auto const& wanted) {
    return static_cast<std::size_t>(std::ranges::count_if(answers, wanted));
}

}  // namespace

/// The places, each with a thread that asks it; a single one is asked by the caller.
struct HeadRegister::Hands {
    using Job = std::function<void(HeadPlace&)>;

    struct Hand {
        std::unique_ptr<HeadPlace> place;
        Job next{};
    };

    std::mutex mutex;
    std::condition_variable changed;
    bool stopping = false;
    std::size_t threads = 0;
    std::vector<Hand> all;

    /// Replaces the job given before, unless it has begun.
    void give(Hand& hand, Job job) {
        if (all.size() == 1) return job(*hand.place);
        std::lock_guard const lock(mutex);
        hand.next = std::move(job);
        changed.notify_all();
    }

    void work(Hand& hand) {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stopping || hand.next; });
            if (stopping) break;
            Job const job = std::exchange(hand.next, nullptr);
            lock.unlock();
            job(*hand.place);
            lock.lock();
        }
        --threads;
        changed.notify_all();
    }

    /// Asks every place; returns when `enough` answers are there, or at the limit. At first it waits a short
    /// time for all of them.
    template <class T>
    static Answers<T> ask(std::shared_ptr<Hands> const& hands, std::function<Outcome<T>(HeadPlace&)> question,
                          std::function<bool(Answers<T> const&)> const& enough,
                          std::chrono::milliseconds stragglers = 0ms) {
        auto const answers = std::make_shared<Answers<T>>(hands->all.size());
        for (std::size_t i = 0; i != hands->all.size(); ++i)
            hands->give(hands->all[i], [hands, answers, question, i](HeadPlace& place) {
                auto answer = question(place);
                std::lock_guard const lock(hands->mutex);
                (*answers)[i] = std::move(answer);
                hands->changed.notify_all();
            });
        std::unique_lock lock(hands->mutex);
        hands->changed.wait_for(
            lock, stragglers, [&] { return count_of(*answers, [](auto const& one) { return !one; }) == 0; });
        hands->changed.wait_for(lock, patience - stragglers, [&] { return enough(*answers); });
        return *answers;
    }
};

HeadRegister::HeadRegister(std::vector<std::unique_ptr<HeadPlace>> places)
    : hands_(std::make_shared<Hands>()) {
    for (auto& place : places) hands_->all.push_back({.place = std::move(place)});
    if (hands_->all.size() == 1) return;
    hands_->threads = hands_->all.size();
    for (Hands::Hand& hand : hands_->all)
        std::thread([hands = hands_, &hand] { hands->work(hand); }).detach();
}

/// Waits for calls in progress; only a hanging file system takes longer, and a stop does not wait for that.
HeadRegister::~HeadRegister() {
    std::unique_lock lock(hands_->mutex);
    hands_->stopping = true;
    for (Hands::Hand& hand : hands_->all) hand.next = nullptr;
    hands_->changed.notify_all();
    hands_->changed.wait_for(lock, 2 * patience, [this] { return hands_->threads == 0; });
}

std::size_t HeadRegister::majority() const noexcept {
    return hands_->all.size() / 2 + 1;
}

std::vector<HeadRegister::Seen> HeadRegister::look(std::string const& origin) {
    auto answers = Hands::ask<KnownHeads>(
        hands_, [origin](HeadPlace& place) { return place.read(origin); },
        [this](auto const& all) {
            auto const knows = [](auto const& one) {
                return one && *one && !(*one)->checkpoints.empty() && !(*one)->copied;
            };
            return count_of(all, knows) >= majority() ||
                   count_of(all, [](auto const& one) { return !one; }) == 0;
        },
        patience_with_stragglers);
    std::vector<Seen> seen;
    for (std::size_t i = 0; i != answers.size(); ++i)
        seen.push_back({hands_->all[i].place->name(),
                        answers[i] ? std::move(*answers[i]) : Outcome<KnownHeads>(does_not_answer())});
    return seen;
}

Outcome<void> HeadRegister::keep(store::LogHead const& head) {
    bool const renew = !renewed_ || head.signed_at - *renewed_ >= between_renewals;
    auto const took = [](auto const& one) { return one && *one; };
    auto const refused = [](auto const& one) {
        return one && !*one && one->error().problem == &problem::conflict;
    };
    auto const answers = Hands::ask<void>(
        hands_,
        [head, renew](HeadPlace& place) {
            if (renew) place.renew();
            return place.swap(head);
        },
        [&](auto const& all) {
            std::size_t const failed = count_of(all, [](auto const& one) { return one && !*one; });
            return count_of(all, took) >= majority() || std::ranges::any_of(all, refused) ||
                   all.size() - failed < majority();
        });
    if (auto const other = std::ranges::find_if(answers, refused); other != answers.end())
        return (*other)->error();
    if (count_of(answers, took) >= majority()) {
        if (renew) renewed_ = head.signed_at;
        return {};
    }
    for (auto const& one : answers)
        if (one && !*one) return one->error();
    return does_not_answer();
}

namespace {

/// The sentence for a place that does not confirm.
Bilingual silence_of(HeadRegister::Seen const& one) {
    if (!one.known)
        return {one.place + " cannot be read (" + one.known.error().cause + ")", one.place + " 无法读取"};
    if (one.known->copied)
        return {one.place + " is a copy, and where it was copied from the log may have gone on",
                one.place + " 是副本，原处的日志可能已继续"};
    return {one.place + " knows nothing of it", one.place + " 没有该分片的记录"};
}

Fault unconfirmed(store::LogHead const& head, std::vector<Bilingual> const& silent) {
    Bilingual list;
    for (Bilingual const& one : silent) {
        list.en += (list.en.empty() ? "" : "; ") + one.en;
        list.zh += (list.zh.empty() ? "" : "；") + one.zh;
    }
    std::string const size = std::to_string(head.size);
    return damaged_log(
        head.shard,
        "nobody outside the database confirms that its " + size +
            " entries are all that was ever published: " + list.en +
            ". Put back what was there when it was last signed, or see: sponsio log resume --help",
        "数据库之外无法证实其 " + size + " 个条目即为已发布的全部：" + list.zh +
            "。请恢复最后签署时的日志头，或参见 sponsio log resume --help");
}

}  // namespace

Outcome<void> confirm_head(store::LogHead const& head, std::vector<HeadRegister::Seen> const& seen,
                           std::function<Outcome<void>(std::string const& checkpoint)> const& begins_with) {
    std::size_t confirmed = 0;
    std::vector<Bilingual> silent;
    for (HeadRegister::Seen const& one : seen) {
        if (one.known)
            for (std::string const& checkpoint : one.known->checkpoints)
                if (auto fits = begins_with(checkpoint); !fits) return fits;
        if (one.known && !one.known->checkpoints.empty() && !one.known->copied)
            ++confirmed;
        else
            silent.push_back(silence_of(one));
    }
    if (head.size == 0 || confirmed > seen.size() / 2) return {};
    return unconfirmed(head, silent);
}

}  // namespace sponsio::service

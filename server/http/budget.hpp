#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace sponsio::http {

/// Something scarce that all share, such as memory for bodies, of which nobody may have more than a part.
/// Used by all threads.
class Budget {
  public:
    /// Who shares in it, as a hash of an id, or as a network.
    using Sharer = std::uint64_t;

    Budget(std::size_t of_all, std::size_t of_one) : of_all_(of_all), of_one_(of_one) {}

    /// What somebody has of it, until this goes.
    class Held {
      public:
        Held() = default;

        Held(Held&& other) noexcept
            : of_(std::exchange(other.of_, nullptr)), who_(other.who_), amount_(other.amount_) {}

        Held& operator=(Held&& other) noexcept {
            Held taken(std::move(other));
            std::swap(of_, taken.of_);
            std::swap(who_, taken.who_);
            std::swap(amount_, taken.amount_);
            return *this;
        }

        Held(Held const&) = delete;
        Held& operator=(Held const&) = delete;

        ~Held() {
            if (of_) of_->give_back(who_, amount_);
        }

      private:
        friend Budget;

        Held(Budget& of, Sharer who, std::size_t amount) : of_(&of), who_(who), amount_(amount) {}

        Budget* of_ = nullptr;
        Sharer who_ = 0;
        std::size_t amount_ = 0;
    };

    enum class Answer : unsigned char { given, enough_for_one, all_taken };

    /// Sets `held` if it is given.
    [[nodiscard]] Answer take(Sharer who, std::size_t amount, Held& held);

    [[nodiscard]] std::size_t of_one() const noexcept { return of_one_; }

  private:
    static constexpr std::size_t most_remembered = 4096;  // of those who have nothing now

    void give_back(Sharer who, std::size_t amount) noexcept;

    std::size_t of_all_, of_one_;
    std::mutex mutex_;
    std::size_t taken_ = 0;
    std::unordered_map<Sharer, std::size_t> by_one_;
};

}  // namespace sponsio::http

#include "server/http/budget.hpp"

namespace sponsio::http {

Budget::Answer Budget::take(Sharer who, std::size_t amount, Held& held) {
    {
        std::lock_guard const lock(mutex_);
        if (taken_ + amount > of_all_) return Answer::all_taken;
        if (by_one_.size() > most_remembered)
            std::erase_if(by_one_, [](auto const& one) { return one.second == 0; });
        std::size_t& own = by_one_[who];
        if (own + amount > of_one_) return Answer::enough_for_one;
        own += amount;
        taken_ += amount;
    }
    held = Held(*this, who, amount);
    return Answer::given;
}

void Budget::give_back(Sharer who, std::size_t amount) noexcept {
    std::lock_guard const lock(mutex_);
    taken_ -= amount;
    by_one_.find(who)->second -= amount;
}

}  // namespace sponsio::http

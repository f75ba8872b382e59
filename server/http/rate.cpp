#include "server/http/rate.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sponsio::http {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::array costs{Cost::open, Cost::read, Cost::change, Cost::frequent, Cost::costly};
constexpr std::string_view no_limit = "unlimited";

std::string_view word(Whose whose) {
    switch (whose) {
        case Whose::address: return "address";
        case Whose::account: return "account";
        case Whose::organisation: break;
    }
    return "organisation";
}

nanoseconds interval(Rate rate) {
    return nanoseconds(1'000'000'000 / rate.per_second);
}

std::optional<Cost> cost_named(std::string_view name) {
    auto const found = std::ranges::find(costs, name, [](Cost cost) { return word(cost); });
    return found == costs.end() ? std::nullopt : std::optional(*found);
}

std::optional<Rate> rate_in(std::string_view text) {
    if (text == no_limit) return Rate{};
    Rate rate;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate.per_second);
    bool const whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || rate.per_second == 0 || rate.per_second > 1'000'000) return std::nullopt;
    return rate;
}

}  // namespace

Network network_of(boost::asio::ip::address const& address) {
    // No unicast IPv6 address begins with these bits (RFC 4291 §2.7).
    constexpr Network of_ipv4 = 0xffffffff00000000;
    if (address.is_v4()) return of_ipv4 | address.to_v4().to_uint();
    auto const bytes = address.to_v6().to_bytes();
    if (address.to_v6().is_v4_mapped())
        return of_ipv4 |
               boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_uint();
    Network network = 0;
    std::memcpy(&network, bytes.data(), sizeof network);
    return network;
}

std::string_view word(Cost cost) {
    switch (cost) {
        case Cost::open: return "open";
        case Cost::read: return "read";
        case Cost::change: return "change";
        case Cost::frequent: return "frequent";
        case Cost::costly: break;
    }
    return "costly";
}

std::optional<nanoseconds> Bucket::take(Rate rate, Moment now) noexcept {
    if (rate.per_second == 0) return std::nullopt;
    Moment const then = std::max(full_at_, now) + interval(rate);
    if (nanoseconds const beyond = then - now - seconds(Rate::window); beyond > nanoseconds(0)) return beyond;
    full_at_ = then;
    return std::nullopt;
}

std::int64_t Bucket::left(Rate rate, Moment now) const noexcept {
    if (full_at_ <= now) return rate.quota();
    return rate.quota() - (until_full(now) + interval(rate) - nanoseconds(1)) / interval(rate);
}

bool Rates::take_up(std::string_view setting) {
    if (setting == no_limit) {
        *this = {.of_address = {}, .of_account = {}, .of_organisation = {}};
        return true;
    }
    std::size_t const sign = setting.find('=');
    std::size_t const dot = setting.substr(0, sign).rfind('.');
    if (sign == std::string_view::npos || dot == std::string_view::npos || dot == 0) return false;
    std::string_view const who = setting.substr(0, dot);
    auto const cost = cost_named(setting.substr(dot + 1, sign - dot - 1));
    auto const rate = rate_in(setting.substr(sign + 1));
    if (!cost || !rate) return false;
    bool const by_address = *cost == Cost::open;
    auto const place = static_cast<std::size_t>(*cost);
    if (who == "address" && by_address)
        of_address[place] = *rate;
    else if (who == "account" && !by_address)
        of_account[place] = *rate;
    else if (who == "organisation" && !by_address)
        of_organisation[place] = *rate;
    else if (who.find_first_of("0123456789:") != std::string_view::npos)
        of_single.insert_or_assign({std::string(who), *cost}, *rate);
    else
        return false;
    return true;
}

std::string RateLimiter::State::name() const {
    return std::string(word(whose)).append(".").append(word(cost));
}

std::string RateLimiter::State::policy() const {
    return '"' + name() + "\";q=" + std::to_string(rate.quota()) + ";w=" + std::to_string(Rate::window);
}

std::string RateLimiter::State::limit() const {
    return '"' + name() + "\";r=" + std::to_string(left) + ";t=" + std::to_string(full_in.count());
}

Rate RateLimiter::rate_of(Whose whose, std::string_view single, Cost cost) const {
    if (!rates_.of_single.empty()) {
        auto const own = rates_.of_single.find({std::string(single), cost});
        if (own != rates_.of_single.end()) return own->second;
    }
    auto const place = static_cast<std::size_t>(cost);
    switch (whose) {
        case Whose::address: return rates_.of_address[place];
        case Whose::account: return rates_.of_account[place];
        case Whose::organisation: break;
    }
    return rates_.of_organisation[place];
}

/// A bucket that is full says nothing that a new one would not. Under the lock.
void RateLimiter::make_room(Moment now) {
    if (buckets_.size() < most_buckets) return;
    std::erase_if(buckets_, [now](auto const& entry) { return entry.second.is_full(now); });
    // So many at once are no callers but an attack from many networks, which caps of each cannot stop.
    if (buckets_.size() >= most_buckets) buckets_.clear();
}

std::optional<RateLimiter::State> RateLimiter::take(Whose whose, std::string_view single, Cost cost,
                                                    Network network, Moment now) {
    Rate const rate = rate_of(whose, single, cost);
    if (rate.per_second == 0) return std::nullopt;
    std::string key(whose == Whose::address ? std::to_string(network) : std::string(single));
    key.append(word(whose)).append(word(cost));
    std::lock_guard const lock(mutex_);
    make_room(now);
    Bucket& bucket = buckets_[key];
    auto const wait = bucket.take(rate, now);
    return State{whose,
                 cost,
                 rate,
                 bucket.left(rate, now),
                 std::chrono::ceil<seconds>(std::max(bucket.until_full(now), nanoseconds(0))),
                 wait ? std::max(std::chrono::ceil<seconds>(*wait), seconds(1)) : seconds(0)};
}

std::optional<RateLimiter::State> RateLimiter::count(Asker const& who, Cost cost, Moment now) {
    if (cost == Cost::open || who.account.empty())
        return take(Whose::address, who.address, Cost::open, who.network, now);
    auto own = take(Whose::account, who.account, cost, who.network, now);
    if (own && own->refused()) return own;
    auto all = take(Whose::organisation, who.organisation, cost, who.network, now);
    if (!own || (all && (all->refused() || all->left < own->left))) return all;
    return own;
}

}  // namespace sponsio::http

#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

/// How often somebody may ask: token buckets by what a request costs and by whom it comes from.
namespace sponsio::http {

using Moment = std::chrono::steady_clock::time_point;

/// Whom a peer is counted as: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one
/// subscriber is given (RFC 6177).
using Network = std::uint64_t;

[[nodiscard]] Network network_of(boost::asio::ip::address const& address);

/// A steady rate, of which the unused part of the last ten seconds may be caught up at once.
struct Rate {
    static constexpr std::uint32_t window = 10;  ///< seconds
    std::uint32_t per_second = 0;                ///< 0: no limit

    [[nodiscard]] constexpr std::int64_t quota() const { return std::int64_t{per_second} * window; }
};

/// The generic cell rate algorithm (ITU-T I.371 §A.1): one number, the time at which all may be had again.
class Bucket {
  public:
    /// Takes one; otherwise says how long to wait for it.
    std::optional<std::chrono::nanoseconds> take(Rate rate, Moment now) noexcept;

    /// How many more could be taken now.
    [[nodiscard]] std::int64_t left(Rate rate, Moment now) const noexcept;

    [[nodiscard]] bool is_full(Moment now) const noexcept { return full_at_ <= now; }

    [[nodiscard]] std::chrono::nanoseconds until_full(Moment now) const noexcept { return full_at_ - now; }

  private:
    Moment full_at_{};
};

/// What a request costs the server.
enum class Cost : std::uint8_t {
    open,      ///< needs no token
    read,      ///< looks something up
    change,    ///< changes something
    frequent,  ///< is done all day long at every counter
    costly,    ///< searches, computes, or hands out much
};

/// The word in RateLimit-Policy and in the configuration.
[[nodiscard]] std::string_view word(Cost cost);

enum class Whose : std::uint8_t { address, account, organisation };

/// The rates, and those of single accounts, organisations and addresses that have others.
struct Rates {
    std::array<Rate, 5> of_address{{{500}, {}, {}, {}, {}}};
    std::array<Rate, 5> of_account{{{}, {200}, {100}, {1000}, {20}}};
    std::array<Rate, 5> of_organisation{{{}, {1000}, {500}, {5000}, {100}}};
    std::map<std::pair<std::string, Cost>, Rate> of_single{};  ///< by id or address

    /// Takes up `account.read=50`, `0197…-uuid.frequent=unlimited`, `192.0.2.1.open=1000`, or `unlimited` for
    /// everybody and everything. False if it is none of these.
    [[nodiscard]] bool take_up(std::string_view setting);
};

/// Who asks. The ids are empty where no token was shown.
struct Asker {
    std::string_view address, account, organisation;
    Network network;
};

/// Counts requests. Used by all threads.
class RateLimiter {
  public:
    explicit RateLimiter(Rates rates) : rates_(std::move(rates)) {}

    /// What the caller is told of the limit that is nearest (draft-ietf-httpapi-ratelimit-headers-10).
    struct State {
        Whose whose;
        Cost cost;
        Rate rate;
        std::int64_t left;
        std::chrono::seconds full_in, retry_after;  ///< retry_after is 0 if the request may go on

        [[nodiscard]] bool refused() const noexcept { return retry_after.count() != 0; }

        [[nodiscard]] bool worth_telling() const noexcept { return left * 2 < rate.quota(); }

        [[nodiscard]] std::string name() const;    ///< such as account.read
        [[nodiscard]] std::string policy() const;  ///< the value of RateLimit-Policy
        [[nodiscard]] std::string limit() const;   ///< the value of RateLimit
    };

    /// Counts one request; nothing if no limit applies.
    std::optional<State> count(Asker const& who, Cost cost, Moment now = std::chrono::steady_clock::now());

  private:
    static constexpr std::size_t most_buckets = 65536;

    [[nodiscard]] Rate rate_of(Whose whose, std::string_view single, Cost cost) const;
    std::optional<State> take(Whose whose, std::string_view single, Cost cost, Network network, Moment now);
    void make_room(Moment now);

    Rates rates_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace sponsio::http

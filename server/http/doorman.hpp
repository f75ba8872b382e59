#pragma once

#include "server/http/rate.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace sponsio::http {

class Connection;
struct Limits;

/// A connection as the doorman sees it.
struct Guest {
    Guest(Network where, boost::asio::any_io_executor on, bool away)
        : network(where), thread(std::move(on)), turned_away(away) {}

    Network const network;
    boost::asio::any_io_executor const thread;
    bool const turned_away;
    /// Since when it waits for a request to come, as a count of the steady clock; 0: it does not.
    std::atomic<Moment::rep> idle_since{0};
    std::atomic<bool> gave_way{false};  ///< it is not counted any more, and ends after what it is doing
    Connection* connection = nullptr;   ///< of its own thread only; null once it has ended

    void begins_to_wait() noexcept {
        idle_since = std::chrono::steady_clock::now().time_since_epoch().count();
    }

    void has_work() noexcept { idle_since = 0; }
};

/// Decides which connections are served, so that no network takes them all: each has a cap, and where there
/// is no room the connection that has been idle longest gives way, of the network that has the most. Used by
/// all threads.
class Doorman {
  public:
    explicit Doorman(Limits const& limits) : limits_(limits) {}

    enum class Answer : std::uint8_t {
        served,
        turned_away,  ///< one request is read and answered with 503
        closed,
    };

    struct Entered {
        Answer answer;
        std::string_view why{};          ///< it is not served
        std::shared_ptr<Guest> guest{};  ///< null if it is closed
    };

    /// `shakes_hands`: whether it begins with a handshake, of which each network has so many a second.
    [[nodiscard]] Entered enter(Network network, boost::asio::any_io_executor const& thread,
                                bool shakes_hands);
    /// Once for each guest, from any thread.
    void leave(std::shared_ptr<Guest> const& guest);

  private:
    struct Peers {
        std::list<std::shared_ptr<Guest>> served{};
        Bucket handshakes{};
    };

    bool make_room(Network newcomer);
    bool give_way(Peers& peers);
    void forget_absent(Moment now);

    Limits const& limits_;
    std::mutex mutex_;
    std::unordered_map<Network, Peers> networks_;
    std::size_t served_ = 0, turned_away_ = 0;
};

}  // namespace sponsio::http

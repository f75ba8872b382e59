#include "server/http/doorman.hpp"

#include "server/http/connection.hpp"
#include "server/http/server.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace sponsio::http {
namespace {

constexpr std::size_t most_networks = 8192;  // that are remembered

}  // namespace

/// Networks without a connection are remembered for their handshakes only. Under the lock.
void Doorman::forget_absent(Moment now) {
    if (networks_.size() < most_networks) return;
    std::erase_if(networks_, [now](auto const& entry) {
        return entry.second.served.empty() && entry.second.handshakes.is_full(now);
    });
}

/// Lets the one that has been idle longest go. False if all of them are at work. Under the lock.
bool Doorman::give_way(Peers& peers) {
    auto idlest = peers.served.end();
    Moment::rep longest = 0;
    for (auto at = peers.served.begin(); at != peers.served.end(); ++at) {
        Moment::rep const since = (*at)->idle_since;
        if (since == 0 || (longest != 0 && since >= longest)) continue;
        idlest = at;
        longest = since;
    }
    if (idlest == peers.served.end()) return false;
    (*idlest)->gave_way = true;
    boost::asio::post((*idlest)->thread, [guest = *idlest] {
        if (guest->connection) guest->connection->give_way();
    });
    peers.served.erase(idlest);
    --served_;
    return true;
}

/// Under the lock.
bool Doorman::make_room(Network newcomer) {
    Peers& own = networks_[newcomer];
    if (own.served.size() >= limits_.per_network) return give_way(own);
    if (served_ < limits_.connections) return true;
    auto const fattest =
        std::ranges::max_element(networks_, {}, [](auto const& entry) { return entry.second.served.size(); });
    return give_way(fattest->second);
}

Doorman::Entered Doorman::enter(Network network, boost::asio::any_io_executor const& thread,
                                bool shakes_hands) {
    auto const now = std::chrono::steady_clock::now();
    std::lock_guard const lock(mutex_);
    forget_absent(now);
    Peers& peers = networks_[network];
    if (shakes_hands && peers.handshakes.take(limits_.handshakes, now)) return {Answer::closed, "handshakes"};
    bool const room = make_room(network);
    if (!room && turned_away_ >= limits_.turned_away) return {Answer::closed, "connections"};
    auto guest = std::make_shared<Guest>(network, thread, !room);
    guest->begins_to_wait();
    if (!room) {
        ++turned_away_;
        return {Answer::turned_away, "connections", std::move(guest)};
    }
    peers.served.push_back(guest);
    ++served_;
    return {Answer::served, {}, std::move(guest)};
}

void Doorman::leave(std::shared_ptr<Guest> const& guest) {
    std::lock_guard const lock(mutex_);
    if (guest->turned_away) {
        --turned_away_;
        return;
    }
    // It is not there any more if it gave way.
    auto const peers = networks_.find(guest->network);
    if (peers != networks_.end()) served_ -= peers->second.served.remove(guest);
}

}  // namespace sponsio::http

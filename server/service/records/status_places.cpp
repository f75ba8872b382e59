#include "server/service/records/status_places.hpp"

#include "crypto/random.hpp"

#include <algorithm>
#include <set>

namespace sponsio::service {
namespace {

/// Uniform in practice, since the sizes are far below 2^32.
std::int32_t draw(std::int32_t below) {
    auto const bytes = crypto::system_entropy().array<4>();
    std::uint32_t number = 0;
    for (std::uint8_t const byte : bytes) number = number << 8 | byte;
    return static_cast<std::int32_t>(number % static_cast<std::uint32_t>(below));
}

/// Adds `count` free positions of a list that has so many. Half of a list stays free, so most draws succeed.
void draw_places(db::PgSession& db, store::StatusList const& list, std::size_t count,
                 std::vector<store::StatusPlace>& places) {
    auto const size = static_cast<std::size_t>(list.size), used = static_cast<std::size_t>(list.used);
    std::set<std::int32_t> tried;
    while (count != 0) {
        std::vector<std::int32_t> candidates;
        // Enough draws on average, plus a sixteenth and four.
        std::size_t const wanted = count * size / (size - used) * 17 / 16 + 4;
        while (candidates.size() < wanted && tried.size() < size) {
            std::int32_t const index = draw(list.size);
            if (tried.insert(index).second) candidates.push_back(index);
        }
        if (candidates.empty()) throw std::logic_error("a status list has fewer free places than it says");
        auto const taken = store::used_status_indexes(db, list.list_no, candidates);
        for (std::int32_t const index : candidates) {
            if (count == 0) break;
            if (std::ranges::binary_search(taken, index)) continue;
            places.push_back({list.list_no, index});
            --count;
        }
    }
}

}  // namespace

std::vector<store::StatusPlace> take_status_places(db::PgSession& db, std::size_t count,
                                                   std::int32_t list_size, Instant now) {
    std::vector<store::StatusPlace> places;
    while (places.size() != count) {
        auto const list = store::lock_newest_status_list(db);
        if (list) {
            auto const room = static_cast<std::size_t>(list->size / 2 - list->used);
            draw_places(db, *list, std::min(room, count - places.size()), places);
        }
        // If two servers get here at once, one makes the list and both use it.
        if (places.size() != count)
            store::create_status_list(db, list ? list->list_no + 1 : 1, list_size, now);
    }
    return places;
}

}  // namespace sponsio::service

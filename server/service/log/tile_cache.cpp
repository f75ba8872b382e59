#include "server/service/log/tile_cache.hpp"

namespace sponsio::service {

TileCache::Content TileCache::find(std::int16_t shard, crypto::TilePath const& path) {
    std::lock_guard lock(mutex_);
    auto const place = places_.find({shard, path});
    if (place == places_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, place->second);
    return place->second->second;
}

void TileCache::keep(std::int16_t shard, crypto::TilePath const& path, Content content) {
    std::lock_guard lock(mutex_);
    Name const name{shard, path};
    if (content->size() > most_ || places_.contains(name)) return;
    bytes_ += content->size();
    kept_.emplace_front(name, std::move(content));
    places_.emplace(name, kept_.begin());
    while (bytes_ > most_) {
        bytes_ -= kept_.back().second->size();
        places_.erase(kept_.back().first);
        kept_.pop_back();
    }
}

void TileCache::forget() {
    std::lock_guard lock(mutex_);
    places_.clear();
    kept_.clear();
    bytes_ = 0;
}

}  // namespace sponsio::service

#pragma once

#include "crypto/log/tile.hpp"

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sponsio::service {

/// A cache of full tiles and entry bundles, which never change and are read by many followers. Thread-safe.
class TileCache {
  public:
    using Content = std::shared_ptr<std::string const>;

    explicit TileCache(std::size_t most_bytes) : most_(most_bytes) {}

    /// Nothing if it is not cached.
    Content find(std::int16_t shard, crypto::TilePath const& path);
    /// Adds the content and evicts the least recently used until all fit.
    void keep(std::int16_t shard, crypto::TilePath const& path, Content content);
    void forget();

  private:
    using Name = std::pair<std::int16_t, crypto::TilePath>;
    using Kept = std::list<std::pair<Name, Content>>;

    std::mutex mutex_;
    std::size_t most_;
    std::size_t bytes_ = 0;
    Kept kept_;  ///< last asked for first
    std::map<Name, Kept::iterator> places_;
};

}  // namespace sponsio::service

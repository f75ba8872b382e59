#pragma once

#include "crypto/slot_file.hpp"
#include "server/base/fault.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

/// The last published checkpoint of one shard in a small durable file, outside the database: a database that
/// was put back to an earlier state is told by it. For one thread.
class PublishedHead {
  public:
    /// DIR/<shard>.head; made at the first keep().
    PublishedHead(std::filesystem::path const& directory, std::int16_t shard);

    /// The last checkpoints, newest first: none if nothing was ever kept.
    [[nodiscard]] Outcome<std::vector<std::string>> kept() const;

    /// Durable when it returns; after a fault the one before is still there.
    Outcome<void> keep(std::string_view checkpoint);

  private:
    crypto::SlotFile file_;
};

}  // namespace sponsio::service

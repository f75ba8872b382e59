#pragma once

#include "server/base/fault.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

/// The last published checkpoint of one shard in a small durable file, outside the database: a database that
/// was put back to an earlier state is told by it. Two slots take turns, so that a torn write leaves the one
/// before. For one thread.
class PublishedHead {
  public:
    /// DIR/<shard>.head; made at the first keep().
    PublishedHead(std::filesystem::path const& directory, std::int16_t shard);
    ~PublishedHead();
    PublishedHead(PublishedHead const&) = delete;
    PublishedHead& operator=(PublishedHead const&) = delete;

    /// The whole slots, unordered: none if nothing was ever kept. A file without a whole slot is a fault.
    [[nodiscard]] Outcome<std::vector<std::string>> kept() const;

    /// Durable when it returns. After a fault nothing is known of the slot that was being written; the other
    /// one is as it was.
    Outcome<void> keep(std::string_view checkpoint);

    [[nodiscard]] std::filesystem::path const& file() const noexcept { return file_; }

    static constexpr std::size_t slot_size = 4096;  ///< bytes; a checkpoint is shorter

  private:
    Outcome<void> open();
    void close() noexcept;
    Outcome<void> failed(std::string_view doing);

    std::filesystem::path file_;
    int descriptor_ = -1;
    bool whole_ = false;  ///< the file has both slots
    unsigned next_slot_ = 0;
};

}  // namespace sponsio::service

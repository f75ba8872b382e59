#pragma once

#include "crypto/digest.hpp"
#include "server/base/fault.hpp"
#include "server/client/witness_client.hpp"
#include "server/store/log.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::service {

/// What a place knows of a shard.
struct KnownHeads {
    std::vector<std::string>
        checkpoints{};  ///< the last ones, newest first; none: it knows nothing of the shard
    /// It was copied, or put back from a backup: the place that it was copied from may know more.
    bool copied = false;
};

/// A place outside the database that remembers the last published head of one shard. A seam: tests put one of
/// their own in. For one thread at a time.
class HeadPlace {
  public:
    HeadPlace() = default;
    HeadPlace(HeadPlace const&) = delete;
    HeadPlace& operator=(HeadPlace const&) = delete;
    virtual ~HeadPlace() = default;

    /// For sentences: a path or an address.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Fault: unavailable if it cannot be read.
    virtual Outcome<KnownHeads> read(std::string const& origin) = 0;
    /// Compare and swap: durable when it returns. Fault: conflict if it knows another head than what was last
    /// read or put here, and the next one does not follow from that; unavailable if it may be tried again.
    virtual Outcome<void> swap(store::LogHead const& head) = 0;

    /// From then on an old copy that is put back over the place's own bytes is told from them.
    virtual void renew() {}
};

/// DIR/<shard>.head; made at the first swap().
std::unique_ptr<HeadPlace> make_head_file(std::filesystem::path const& directory, std::int16_t shard);

/// The consistency proof (RFC 6962 §2.1.2) between two stored trees of a shard. Safe from several threads.
using HeadProver = std::function<Outcome<std::vector<crypto::Digest>>(
    std::int16_t shard, std::uint64_t old_size, std::uint64_t size)>;

/// A witness of the log that is asked before anybody is answered: its add-checkpoint (C2SP tlog-witness) is
/// compare and swap, and it shows the last checkpoint that it cosigned.
std::unique_ptr<HeadPlace> make_head_witness(std::shared_ptr<client::WitnessClient> client, HeadProver prove);

/// Where the heads of a log are kept outside the database.
struct HeadPlaces {
    std::vector<std::filesystem::path> directories{};
    std::vector<std::shared_ptr<client::WitnessClient>> witnesses{};
    HeadProver prove{};  ///< for the witnesses; outlives the places

    [[nodiscard]] std::vector<std::unique_ptr<HeadPlace>> of(std::int16_t shard) const;
};

}  // namespace sponsio::service

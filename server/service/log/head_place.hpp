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

/// The published heads of a shard that a place knows.
struct KnownHeads {
    std::vector<std::string>
        checkpoints{};  ///< the last ones, newest first; none: it knows nothing of the shard
    /// The place was copied, or put back from a backup: the original may know more.
    bool copied = false;
};

/// A place outside the database that stores the last published head of one shard. A seam: tests provide their
/// own. For one thread at a time.
class HeadPlace {
  public:
    HeadPlace() = default;
    HeadPlace(HeadPlace const&) = delete;
    HeadPlace& operator=(HeadPlace const&) = delete;
    virtual ~HeadPlace() = default;

    /// A path or an address, for messages.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Fault: unavailable if it cannot be read.
    virtual Outcome<KnownHeads> read(std::string const& origin) = 0;
    /// Compares and swaps; durable when it returns. Fault: conflict if the place has another head than the
    /// one last read or written here, from which the new one does not follow;
    /// unavailable if it may be tried again.
    virtual Outcome<void> swap(store::LogHead const& head) = 0;

    /// Makes older copies recognisable, even when they are put back over the place's own bytes.
    virtual void renew() {}
};

/// DIR/<shard>.head; made at the first swap().
std::unique_ptr<HeadPlace> make_head_file(std::filesystem::path const& directory, std::int16_t shard);

/// The consistency proof (RFC 6962 §2.1.2) between two stored trees of a shard. Safe from several threads.
using HeadProver = std::function<Outcome<std::vector<crypto::Digest>>(
    std::int16_t shard, std::uint64_t old_size, std::uint64_t size)>;

/// A witness of the log as a place, asked before any answer is given: its add-checkpoint (C2SP tlog-witness)
/// is compare and swap, and it shows the last checkpoint that it cosigned.
std::unique_ptr<HeadPlace> make_head_witness(std::shared_ptr<client::WitnessClient> client, HeadProver prove);

/// The places that store the heads of a log outside the database.
struct HeadPlaces {
    std::vector<std::filesystem::path> directories{};
    std::vector<std::shared_ptr<client::WitnessClient>> witnesses{};
    HeadProver prove{};  ///< for the witnesses; outlives the places

    [[nodiscard]] std::vector<std::unique_ptr<HeadPlace>> of(std::int16_t shard) const;
};

}  // namespace sponsio::service

#pragma once

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/tile.hpp"
#include "server/base/id.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/store/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sponsio::service {

/// No checkpoint is over more leaves than that.
inline constexpr std::uint64_t max_checkpoint_size = crypto::max_log_size;

/// Which checkpoint a proof is to lead to.
struct WantedCheckpoint {
    std::optional<std::uint64_t> size{};  ///< the one of that size
    bool cosigned = false;                ///< the newest that a quorum of witnesses has cosigned
    // neither: the newest
};

/// Proves to whoever may read a thing that the thing is in the log.
class ProofService {
  public:
    /// C2SP tlog-proof of the thing's leaf.
    explicit ProofService(db::DbExecutor& db, crypto::WitnessPolicy witnesses = {})
        : db_(db), witnesses_(std::move(witnesses)) {}

    /// Against a checkpoint of its shard. not_found if the caller may not read the thing or no checkpoint of
    /// that size was signed; conflict while the leaf waits and for a checkpoint older than the leaf.
    Async<std::string> of_commitment(Caller<Official> const& caller, std::string code,
                                     WantedCheckpoint wanted);
    /// The same.
    Async<std::string> of_record(Caller<Official> const& caller, RecordId id, WantedCheckpoint wanted);
    /// Of the leaf by which a draw committed to its pool and seed: for everybody.
    Async<std::string> of_draw(DrawId id, WantedCheckpoint wanted, Deadline deadline);

  private:
    [[nodiscard]] Outcome<std::string> proof_of(db::PgSession& db,
                                                std::optional<store::LogPlace> const& place,
                                                WantedCheckpoint wanted) const;

    db::DbExecutor& db_;
    crypto::WitnessPolicy witnesses_;
};

}  // namespace sponsio::service

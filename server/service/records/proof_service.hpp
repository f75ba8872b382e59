#pragma once

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/tile.hpp"
#include "server/base/id.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sponsio::service {

/// The largest size of a checkpoint.
inline constexpr std::uint64_t max_checkpoint_size = crypto::max_log_size;

/// The checkpoint that a proof must lead to.
struct WantedCheckpoint {
    std::optional<std::uint64_t> size{};  ///< the one of that size
    bool cosigned = false;                ///< the newest that a quorum of witnesses has cosigned
    // neither: the newest
};

/// Proves that a thing is in the log, for readers who may read the thing.
class ProofService {
  public:
    /// `witnesses` decides which checkpoint counts as cosigned.
    ProofService(db::DbExecutor& db, Vault const& vault, crypto::WitnessPolicy witnesses = {})
        : db_(db), vault_(vault), witnesses_(std::move(witnesses)) {}

    /// The proof (C2SP tlog-proof) of the commitment's leaf against a checkpoint of its shard. Fault:
    /// not_found if the caller may not read the commitment or no checkpoint of that size was signed; conflict
    /// while the leaf is pending and for a checkpoint older than the leaf.
    Async<std::string> of_commitment(Caller<Official> const& caller, std::string code,
                                     WantedCheckpoint wanted);
    /// The proof of the record's leaf; faults as for a commitment.
    Async<std::string> of_record(Caller<Official> const& caller, RecordId id, WantedCheckpoint wanted);
    /// The proof of the leaf by which a draw committed to its pool and seed; public.
    Async<std::string> of_draw(DrawId id, WantedCheckpoint wanted, Deadline deadline);

  private:
    [[nodiscard]] Outcome<std::string> proof_of(db::PgSession& db,
                                                std::optional<store::LogPlace> const& place,
                                                WantedCheckpoint wanted) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    crypto::WitnessPolicy witnesses_;
};

}  // namespace sponsio::service

#pragma once

#include "crypto/tile.hpp"
#include "server/base/id.hpp"
#include "server/db/executor.hpp"
#include "server/service/caller.hpp"
#include "server/store/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sponsio::service {

/// No checkpoint is over more leaves than that.
inline constexpr std::uint64_t max_checkpoint_size = crypto::max_log_size;

/// Proves to whoever may read a thing that the thing is in the log.
class ProofService {
  public:
    /// C2SP tlog-proof of the thing's leaf.
    using Answer = boost::asio::awaitable<Outcome<std::string>>;

    explicit ProofService(db::DbExecutor& db) : db_(db) {}

    /// Against the newest checkpoint of its shard, or the one of that size. not_found if the caller may not
    /// read the thing or no checkpoint of that size was signed; conflict while the leaf waits and for a
    /// checkpoint older than the leaf.
    Answer of_commitment(Caller const& caller, std::string code, std::optional<std::uint64_t> size);
    /// The same.
    Answer of_record(Caller const& caller, RecordId id, std::optional<std::uint64_t> size);

  private:
    db::DbExecutor& db_;
};

}  // namespace sponsio::service

#pragma once

#include "server/db/executor.hpp"
#include "server/service/log_state.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace sponsio::service {

struct LogOptions {
    std::string name;                 ///< the first part of every shard's origin: "<name>/log/<shard>"
    unsigned shards = 1;              ///< at least so many
    std::filesystem::path directory;  ///< of the heads kept outside the database
};

/// The log as everybody sees it, and its beginning.
class LogService {
  public:
    LogService(db::DbExecutor& db, LogKeys keys, LogOptions options, Clock const& clock);

    /// Makes the shards that are missing and recomputes every head from what is stored. Gives the numbers of
    /// all shards; the fault is a sentence for the operator.
    Outcome<std::vector<std::int16_t>> prepare(Deadline deadline);

    [[nodiscard]] LogKeys const& keys() const noexcept { return keys_; }

    [[nodiscard]] std::filesystem::path const& directory() const noexcept { return options_.directory; }

  private:
    Outcome<void> make_shard(db::PgSession& db, std::int16_t shard) const;

    db::DbExecutor& db_;
    LogKeys keys_;
    LogOptions options_;
    Clock const& clock_;
};

}  // namespace sponsio::service

#pragma once

#include "crypto/log/checkpoint.hpp"
#include "server/base/metrics.hpp"
#include "server/base/time.hpp"
#include "server/client/witness_client.hpp"
#include "server/db/executor.hpp"
#include "server/store/log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

struct CosignParts {
    db::DbExecutor& db;
    crypto::NoteVerifier witness;
    std::vector<std::string> all;  ///< the verifier keys of all witnesses of the log
    client::WitnessClient& client;
    Clock const& clock;
    Metrics& metrics;
};

/// Shows the growth of each shard to one witness, and stores its cosignatures. Several processes may do so on
/// one database. Not thread-safe.
class CosignService {
  public:
    explicit CosignService(CosignParts parts) : parts_(std::move(parts)) {}

    /// Asks for every shard that has grown; returns the number of shards with a new cosignature. If other
    /// witnesses have cosigned a checkpoint, that one is asked for, so that a quorum meets on it. Fault:
    /// unavailable if the witness does not answer; conflict if it refuses, which a person must look at. A
    /// shard of which the witness has seen another log is frozen.
    Outcome<std::size_t> round();

  private:
    struct Question {
        std::uint64_t size;
        std::string checkpoint;
        std::string body;
    };

    Outcome<std::optional<Question>> question(std::int16_t shard, std::optional<std::uint64_t> from);
    Outcome<bool> ask(std::int16_t shard, Deadline deadline);
    Outcome<void> keep(std::int16_t shard, Question const& asked, std::string const& lines);
    Outcome<void> heed(client::WitnessReply const& reply);
    Fault freeze(db::PgSession& db, std::int16_t shard, std::uint64_t size, std::string const& cause) const;
    Fault refused(std::int16_t shard, std::uint64_t size, std::string cause) const;
    void count(std::string_view outcome) const;

    CosignParts parts_;
    std::size_t rounds_ = 0;
};

}  // namespace sponsio::service

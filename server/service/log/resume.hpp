#pragma once

#include "server/service/log/state.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Resuming a log whose heads no outside place confirms. A person decides; the reason is recorded.
namespace sponsio::service {

enum class ResumeHow : std::uint8_t {
    confirmed,   ///< some place that is no copy knows the log; the others learn it from there
    moved,       ///< a copy is taken for the original, which has stopped for good and was copied after that
    accept_loss  ///< the shard ends with a last statement, and a new one goes on
};

struct LogResumeParts {
    LogKeys keys;
    HeadPlaces heads;                           ///< where the server will look
    std::vector<std::filesystem::path> from{};  ///< directories that had the heads so far
    std::string reason{};                       ///< of the person; goes into the log
    std::optional<std::int16_t> new_number{};   ///< of the shard that goes on
    Clock const& clock;
};

/// The result for one shard.
struct ShardResumed {
    std::int16_t shard = 0;
    std::optional<store::LogHead> continues{};  ///< the shard that goes on in its stead
};

/// Resumes one shard in that way, in one transaction of `db`, keeping writers away meanwhile. A move and an
/// end add a public leaf. Fault: a sentence for the operator. Nothing has changed then, except that some
/// places may have stored a head that they may know.
Outcome<ShardResumed> resume_shard(db::PgSession& db, std::int16_t shard, ResumeHow how,
                                   LogResumeParts const& parts);

/// Whether a server would sign for the shard in its present state.
Outcome<void> check_confirmed(db::PgSession& db, store::LogHead const& head, LogResumeParts const& parts);

}  // namespace sponsio::service

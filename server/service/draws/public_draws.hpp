#pragma once

#include "server/db/executor.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/draw.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/short_cache.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/draws.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// The public view of draws: counts, commitments to pool and seed, results; nothing that depends on a person.
/// A result is shown once its leaf is in the log, never before.
class PublicDraws {
  public:
    PublicDraws(db::DbExecutor& db, domain::Rules const& rules, Clock const& clock)
        : db_(db), rules_(rules), clock_(clock) {}

    Async<Page> list(std::optional<DrawId> after, int limit, Deadline deadline);
    Async<domain::Json> draw(DrawId id, Deadline deadline);
    /// draw.json of the newest revision in the log; not_found before there is one.
    Async<std::string> statement(DrawId id, Deadline deadline);
    /// The digest of the pool file; not_found before the result is shown.
    Async<crypto::Digest> pool(DrawId id, Deadline deadline);
    /// A piece of the pool file, counted from 1; nothing after the last one.
    Async<std::optional<std::string>> pool_piece(DrawId id, int number, Deadline deadline);
    /// What the pool holds of a commitment, for whoever has its receipt. not_found before the result is
    /// shown, for a content that is not the receipt's, and where the commitment was not in the pool.
    Async<domain::Json> opening(DrawId id, domain::OpeningRequest request, Deadline deadline);

  private:
    using Outcomes = std::vector<store::StratumOutcome>;

    std::shared_ptr<Outcomes const> outcomes_of(db::PgSession& db, DrawId id);

    db::DbExecutor& db_;
    domain::Rules const& rules_;
    Clock const& clock_;
    /// The outcomes of large draws take a while to count, and anybody may ask often.
    ShortCache<DrawId, Outcomes> counted_{std::chrono::seconds(10), 1'000};
};

}  // namespace sponsio::service

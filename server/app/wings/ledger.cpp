#include "server/app/wings/ledger.hpp"

#include "server/api/log.hpp"
#include "server/service/findings/proof.hpp"
#include "server/store/log.hpp"
#include "server/work/log_checker.hpp"

#include <algorithm>

namespace sponsio::app {
namespace {

/// Between two steps of the check of the log: a thousand entries a second at most.
constexpr std::chrono::milliseconds check_pause{250};

/// How long an event may wait until it is chained: a second costs one leaf a second while anything happens.
constexpr std::chrono::seconds history_pause{1};
constexpr std::chrono::seconds history_patience{60};

}  // namespace

Ledger::Ledger(Foundation& base, std::function<void()> leaves_waiting)
    : db_(base.db),
      log_(base.db, service::log_keys(*base.keys),
           {.name = base.options.log_name,
            .shards = std::max(base.options.shards, base.options.writers),
            .heads = base.heads,
            .witnesses = base.witnesses},
           *base.clock),
      leases_(base.options.writers),
      check_(base.db, {.keys = log_.keys(), .vault = base.vault, .heads = log_.heads().directories},
             &base.metrics),
      history_({.db = base.db,
                .clock = *base.clock,
                .before_first =
                    [&base](db::PgSession& session) {
                        return service::prove_old_findings(session, base.vault, base.clock->now());
                    },
                .leaves_waiting = std::move(leaves_waiting)}),
      rounds_(base.metrics) {
    base.rows.add([this] { log_.forget(); });
}

Outcome<std::string> Ledger::frozen() {
    return db_.run_blocking(std::chrono::steady_clock::now() + std::chrono::seconds(2),
                            [](db::PgSession& session) -> Outcome<std::string> {
                                std::string why;
                                for (store::LogHead const& head : store::log_heads(session))
                                    if (head.frozen_why && !head.ended_at)
                                        why += "shard " + std::to_string(head.shard) +
                                               " is frozen: " + *head.frozen_why + ". ";
                                return why;
                            });
}

void Ledger::add_routes(http::Router& router) {
    router.add(api::log_routes(log_));
}

void Ledger::start(std::chrono::milliseconds) {
    rounds_.run({.name = "log_check", .pause = check_pause}, work::log_check_round(check_));
    rounds_.run({.name = "history", .pause = history_pause}, [this]() -> Outcome<std::size_t> {
        auto const chained = history_.round(std::chrono::steady_clock::now() + history_patience);
        // Only where more is waiting than fits into one run does the next begin at once.
        if (chained && *chained < service::AuditChain::most_events) return std::size_t{0};
        return chained;
    });
}

}  // namespace sponsio::app

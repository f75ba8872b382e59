#include "server/app/wings/ledger.hpp"

#include "server/api/log.hpp"
#include "server/store/log.hpp"
#include "server/work/log_checker.hpp"

#include <algorithm>

namespace sponsio::app {
namespace {

/// Between two steps of the check of the log: a thousand entries a second at most.
constexpr std::chrono::milliseconds check_pause{250};

}  // namespace

Ledger::Ledger(Foundation& base)
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
}

}  // namespace sponsio::app

#pragma once

#include "server/db/executor.hpp"
#include "server/domain/decode.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/subscriptions.hpp"

#include <chrono>
#include <string>

namespace sponsio::service {

struct SubscriptionDraft {
    std::string url;
    domain::SignatureScheme scheme = domain::SignatureScheme::symmetric;

    static SubscriptionDraft read(domain::Fields& fields);
};

/// Another secret, and for how long the present one signs beside it.
struct RotationDraft {
    domain::SignatureScheme scheme;
    std::chrono::hours overlap;

    static RotationDraft read(domain::Fields& fields);
};

/// What is to be delivered once more.
struct ReplayDraft {
    std::int64_t position;  ///< of the feed of records: it and what comes after it

    static ReplayDraft read(domain::Fields& fields);
};

/// Whom an integrator wants to be told. Each account has its own subscriptions, and sees no others; what it
/// may read of records decides what is delivered.
class SubscriptionService {
  public:
    /// An account may have so many that have not ended.
    static constexpr std::int64_t most_of_an_account = 10;

    SubscriptionService(db::DbExecutor& db, Vault const& vault, Clock const& clock)
        : db_(db), vault_(vault), clock_(clock) {}

    /// From the end of the feed on. The secret is in the answer, once. Fault: problem::conflict beyond the
    /// number above.
    Async<Created> make(Caller<Official> caller, RequestOnce once, SubscriptionDraft draft);
    /// Signs with another secret from now on, and for the overlap with the present one, too. It is in the
    /// answer, once. Fault: problem::conflict for one that has ended.
    Async<Created> rotate(Caller<Official> caller, SubscriptionId id, RequestOnce once, RotationDraft draft);
    Async<Page> list(Caller<Official> caller, std::optional<SubscriptionId> after, int limit);
    Async<domain::Json> one(Caller<Official> const& caller, SubscriptionId id);
    Async<domain::Json> end(Caller<Official> const& caller, SubscriptionId id);
    Async<domain::Json> resume(Caller<Official> const& caller, SubscriptionId id);
    /// {"queued": number}
    Async<domain::Json> replay(Caller<Official> const& caller, SubscriptionId id, ReplayDraft draft);
    /// What was sent, with every attempt, newest first.
    Async<Page> deliveries(Caller<Official> caller, SubscriptionId id, std::string after, int limit);

  private:
    Async<domain::Json> move(Caller<Official> const& caller, SubscriptionId id,
                             domain::SubscriptionEvent event);

    db::DbExecutor& db_;
    Vault const& vault_;
    Clock const& clock_;
};

/// Moves a locked subscription by an event and stores it. `why` is for people who look at it later.
Outcome<void> move_subscription(db::PgSession& db, store::SubscriptionRow& row,
                                domain::SubscriptionEvent event, domain::Actor actor, std::string why,
                                Instant now);

}  // namespace sponsio::service

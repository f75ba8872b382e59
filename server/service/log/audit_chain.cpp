#include "server/service/log/audit_chain.hpp"

#include "crypto/log/entry.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/query_history.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/feeds.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

constexpr int events_at_once = 4096;

}  // namespace

crypto::Digest chained(crypto::Digest const& head, store::EventPage::Row const& row) {
    std::string const text = json::canonical(domain::Json(audit_view(row)));
    return crypto::sha256({head, as_bytes(text)});
}

store::AuditRun chained(store::AuditRun run, std::span<store::EventPage::Row const> rows) {
    for (store::EventPage::Row const& row : rows) {
        run.head = chained(run.head, row);
        run.last_event = row.id;
        ++run.events;
    }
    return run;
}

domain::JsonObject audit_content(store::AuditRun const& run) {
    return {{"kind", crypto::log_kind::audit},
            {"last_event", run.last_event},
            {"events", run.events},
            {"head_sha256", to_hex(run.head)}};
}

Outcome<std::size_t> AuditChain::round(Deadline deadline) {
    auto const done =
        parts_.db.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
            if (auto ready = prepare(session); !ready) return ready.error();
            return in_transaction(session, [this](db::PgSession& db) { return lengthen(db); });
        });
    if (done && *done != 0) parts_.leaves_waiting();
    return done;
}

/// Each part is kept whatever becomes of the next, so a round that runs out of time is no round in vain.
Outcome<void> AuditChain::prepare(db::PgSession& session) const {
    if (!parts_.before_first || store::last_audit_run(session).events != 0) return {};
    for (;;) {
        auto const did = in_transaction(session, parts_.before_first);
        if (!did) return did.error();
        if (*did == 0) return {};
    }
}

Outcome<std::size_t> AuditChain::lengthen(db::PgSession& db) const {
    store::lock_public_leaves(db);
    tell_queries(db, parts_.clock.now());
    store::AuditRun const before = store::last_audit_run(db);
    std::int64_t const last = store::settled(db, store::Feed::events);
    store::AuditRun run = before;
    while (run.events - before.events < most_events) {
        auto const rows = store::events_between(db, run.last_event, last, events_at_once);
        if (rows.empty()) break;
        run = chained(run, rows);
    }
    if (run == before) return std::size_t{0};
    std::string const content = salted_content(audit_content(run));
    store::NewLeaf leaf = log_leaf(crypto::log_kind::audit, std::to_string(run.last_event),
                                   crypto::sha256(as_bytes(content)), parts_.clock.now());
    leaf.content = content;
    store::insert(db, run);
    store::insert_leaf(db, leaf, parts_.clock.now());
    return static_cast<std::size_t>(run.events - before.events);
}

}  // namespace sponsio::service

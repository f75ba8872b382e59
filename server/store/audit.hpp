#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>

/// The chained history: stretches of events, each with the head of the chain behind its last event.
namespace sponsio::store {

struct AuditRun {
    std::int64_t last_event = 0;  ///< its number; the stretch begins behind that of the run before
    std::int64_t events = 0;      ///< since the beginning of the history
    Digest head{};                ///< 32 zero bytes before the first event

    bool operator==(AuditRun const&) const = default;
};

/// The newest run; one without events before there is any.
AuditRun last_audit_run(db::PgSession& db);
/// The first run behind that event; nothing if there is none yet.
std::optional<AuditRun> audit_run_behind(db::PgSession& db, std::int64_t event);
void insert(db::PgSession& db, AuditRun const& run);
/// Leaves of kind audit without a run.
std::int64_t audit_leaves_without_run(db::PgSession& db);

}  // namespace sponsio::store

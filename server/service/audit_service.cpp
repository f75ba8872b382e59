#include "server/service/audit_service.hpp"

#include "server/service/history_view.hpp"
#include "server/store/events.hpp"

namespace sponsio::service {

using domain::Json;

boost::asio::awaitable<Outcome<std::vector<Json>>> AuditService::events(Caller caller, std::int64_t after,
                                                                        std::optional<std::string> subject,
                                                                        int limit) {
    return db_.run(caller.deadline, [after, subject, limit](db::PgSession& db) -> Outcome<std::vector<Json>> {
        std::vector<Json> list;
        for (auto const& [id, e] : store::events_after(db, after, subject, limit).rows)
            list.push_back(domain::JsonObject{{"event_id", id},
                                              {"at", to_rfc3339(e.at)},
                                              {"lifecycle", e.lifecycle},
                                              {"subject", e.subject},
                                              {"from", or_null(e.from)},
                                              {"event", e.event},
                                              {"to", e.to},
                                              {"by", or_null(e.actor)},
                                              {"why", or_null(e.why)},
                                              {"rule", or_null(e.rule)}});
        return list;
    });
}

}  // namespace sponsio::service

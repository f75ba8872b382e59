#include "server/service/parties/audit_service.hpp"

#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/events.hpp"

namespace sponsio::service {

using domain::Json;

Async<Page> AuditService::events(Caller<Official> caller, std::int64_t after,
                                 std::optional<std::string> subject, int limit) {
    return db_.run(caller.deadline, [after, subject, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row : store::events_after(db, after, subject, limit).rows)
            page.add(audit_view(row), std::to_string(row.id));
        name_people(db, page.items);
        return page;
    });
}

}  // namespace sponsio::service

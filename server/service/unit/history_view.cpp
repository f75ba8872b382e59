#include "server/service/unit/history_view.hpp"

namespace sponsio::service {

domain::JsonObject event_view(store::Event const& event) {
    return {{"at", to_rfc3339(event.at)},
            {"from", or_null(event.from)},
            {"event", event.event},
            {"to", event.to},
            {"by", or_null(event.actor.account())},
            {"why", or_null(event.why)},
            {"rule", or_null(event.rule)}};
}

domain::JsonObject audit_view(store::EventPage::Row const& row) {
    domain::JsonObject view = event_view(row.event);
    view.add("event_id", row.id)
        .add("lifecycle", row.event.lifecycle)
        .add("subject", row.event.subject)
        .add("actor_kind", domain::word(row.event.actor.kind()));
    return view;
}

domain::Json history_view(std::vector<store::Event> const& events) {
    json::Array list;
    for (store::Event const& event : events) list.push_back(event_view(event));
    return list;
}

}  // namespace sponsio::service

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

domain::Json history_view(std::vector<store::Event> const& events) {
    json::Array list;
    for (store::Event const& event : events) list.push_back(event_view(event));
    return list;
}

}  // namespace sponsio::service

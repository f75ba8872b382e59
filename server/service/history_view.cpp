#include "server/service/history_view.hpp"

namespace sponsio::service {

domain::Json history_view(std::vector<store::Event> const& events) {
    crypto::Array list;
    for (store::Event const& e : events)
        list.push_back(domain::JsonObject{{"at", to_rfc3339(e.at)},
                                          {"from", or_null(e.from)},
                                          {"event", e.event},
                                          {"to", e.to},
                                          {"by", or_null(e.actor)},
                                          {"why", or_null(e.why)},
                                          {"rule", or_null(e.rule)}});
    return list;
}

}  // namespace sponsio::service

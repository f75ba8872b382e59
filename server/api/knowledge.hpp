#pragma once

#include "server/http/router.hpp"
#include "server/service/knowledge/service.hpp"

namespace sponsio::api {

/// Calendars, regions, rule packs and lists of the catalogue: what is known, and giving what is newer.
std::vector<http::Route> knowledge_routes(service::KnowledgeService& knowledge);

}  // namespace sponsio::api

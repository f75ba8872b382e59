#pragma once

#include "server/http/router.hpp"
#include "server/service/knowledge/service.hpp"

namespace sponsio::api {

/// Calendars, regions, rule packs, catalogue lists: the documents in use, and the upload of newer ones.
std::vector<http::Route> knowledge_routes(service::KnowledgeService& knowledge);

}  // namespace sponsio::api

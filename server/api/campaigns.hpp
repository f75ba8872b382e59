#pragma once

#include "server/http/router.hpp"
#include "server/service/campaigns/service.hpp"

#include <vector>

namespace sponsio::api {

/// Campaigns against proofs that may not be demanded (docs/campaigns.md).
std::vector<http::Route> campaign_routes(service::CampaignService& campaigns);

}  // namespace sponsio::api

#pragma once

#include "server/http/router.hpp"
#include "server/service/subscriptions/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/subscriptions, for integrators.
std::vector<http::Route> subscription_routes(service::SubscriptionService& subscriptions);

}  // namespace sponsio::api

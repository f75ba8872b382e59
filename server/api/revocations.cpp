#include "server/api/revocations.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

using service::RevocationService;

std::vector<Route> revocation_routes(RevocationService& revocations) {
    Policy const readers = Policy::one_of(
        {Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor, Role::auditor});
    std::string const one = "/v1/findings/{finding_id}/revocation";
    std::vector<Route> routes;
    routes.push_back(
        route_on(Method::get, one, "finding_id", readers, revocations, &RevocationService::newest));
    routes.push_back(route_on(Method::post, one, "finding_id",
                              Policy::one_of({Role::verifier, Role::reviewer}), revocations,
                              &RevocationService::ask));
    routes.push_back(route_on(Method::post, one + "/decision", "finding_id",
                              Policy::one_of({Role::decider, Role::supervisor}), revocations,
                              &RevocationService::decide));
    return routes;
}

}  // namespace sponsio::api

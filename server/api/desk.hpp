#pragma once

#include "server/http/router.hpp"
#include "server/service/desk/service.hpp"

#include <vector>

namespace sponsio::api {

std::vector<http::Route> desk_routes(service::DeskService& desk);

}  // namespace sponsio::api

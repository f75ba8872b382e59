#include "server/app/wings/desk.hpp"

#include "server/api/desk.hpp"
#include "server/api/searches.hpp"

namespace sponsio::app {

Desk::Desk(Foundation& base)
    : desk_(base.ground), searches_(base.ground, base.person_terms), rounds_(base.metrics) {}

void Desk::add_routes(http::Router& router) {
    router.add(api::desk_routes(desk_));
    router.add(api::search_routes(searches_));
}

void Desk::start(std::chrono::milliseconds pause) {
    using namespace std::chrono_literals;
    rounds_.run({.name = "name_index", .pause = pause},
                [this] { return searches_.index_names(std::chrono::steady_clock::now() + 30s); });
}

}  // namespace sponsio::app

#include "server/app/wings/removals.hpp"

#include "server/api/removals.hpp"

namespace sponsio::app {
namespace {

constexpr int at_once = 100;

}  // namespace

Removals::Removals(Foundation& base) : removals_(base.ground), rounds_(base.metrics) {}

void Removals::add_routes(http::Router& router) {
    router.add(api::removal_routes(removals_));
}

void Removals::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "removals", .pause = pause}, [this] {
        return removals_.go_on(std::chrono::steady_clock::now() + std::chrono::seconds(30), at_once);
    });
}

}  // namespace sponsio::app

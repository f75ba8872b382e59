#include "server/app/wings/publicity.hpp"

#include "server/api/publicity.hpp"

namespace sponsio::app {
namespace {

constexpr int at_once = 100;

}  // namespace

Publicity::Publicity(Foundation& base)
    : issuer_(base.options.issuer), publicity_({base.ground, issuer_}), rounds_(base.metrics) {}

void Publicity::add_routes(http::Router& router) {
    router.add(api::publicity_routes(publicity_, issuer_));
}

void Publicity::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "publicity", .pause = pause}, [this] {
        return publicity_.end_due(std::chrono::steady_clock::now() + std::chrono::seconds(30), at_once);
    });
}

}  // namespace sponsio::app

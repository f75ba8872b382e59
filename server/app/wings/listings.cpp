#include "server/app/wings/listings.hpp"

#include "server/api/listings.hpp"

#include <chrono>

namespace sponsio::app {
namespace {

constexpr int at_once = 100;

}  // namespace

Listings::Listings(Foundation& base, service::ReportQueue const& reports)
    : listings_({base.ground, reports, base.options.issuer}), rounds_(base.metrics) {}

void Listings::add_routes(http::Router& router) {
    router.add(api::listing_routes(listings_));
}

void Listings::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "serious_list", .pause = pause}, [this] {
        return listings_.end_due(std::chrono::steady_clock::now() + std::chrono::seconds(30), at_once);
    });
}

}  // namespace sponsio::app

#include "server/app/wings/knowledge.hpp"

#include "server/api/catalogue.hpp"
#include "server/api/knowledge.hpp"
#include "server/api/rules.hpp"

namespace sponsio::app {
namespace {

/// How soon a document that another process took counts here.
constexpr std::chrono::seconds pause_of_knowledge{1};

}  // namespace

Knowledge::Knowledge(Foundation& base)
    : base_(base), service_(base.db, base.knowledge, *base.clock), rounds_(base.metrics) {}

void Knowledge::add_routes(http::Router& router) {
    router.add(api::knowledge_routes(service_));
    router.add(api::catalogue_version_routes(service_, base_.knowledge.catalogue, base_.knowledge.regions,
                                             *base_.clock));
    router.add(api::rule_routes(base_.knowledge, *base_.clock));
}

void Knowledge::start(std::chrono::milliseconds) {
    rounds_.run({.name = "knowledge", .pause = pause_of_knowledge}, [this] {
        return service_.round(std::chrono::steady_clock::now() + std::chrono::seconds(10));
    });
}

}  // namespace sponsio::app

#include "server/app/wings/matters.hpp"

#include "server/api/catalogue.hpp"
#include "server/api/matters.hpp"

namespace sponsio::app {

Matters::Matters(Foundation& base) : base_(base), matters_(base.ground, base.knowledge.catalogue) {
    base.rows.add([&base] { base.matters.forget(); });
}

void Matters::add_routes(http::Router& router) {
    router.add(api::catalogue_routes(base_.knowledge.catalogue, base_.knowledge.regions, *base_.clock));
    router.add(api::matter_routes(matters_, base_.printer));
}

}  // namespace sponsio::app

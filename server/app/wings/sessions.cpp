#include "server/app/wings/sessions.hpp"

#include "server/api/sessions.hpp"

namespace sponsio::app {

Sessions::Sessions(Foundation& base, service::AccessService& access)
    : sessions_(base.db, base.vault, access,
                service::Registry{base.knowledge.regions, base.vault, *base.clock, base.options.tokens},
                *base.clock) {}

void Sessions::add_routes(http::Router& router) {
    router.add(api::session_routes(sessions_));
}

}  // namespace sponsio::app

#include "server/app/wings/parties.hpp"

#include "server/api/audit.hpp"
#include "server/api/credit_codes.hpp"
#include "server/api/organisations.hpp"
#include "server/api/people.hpp"

namespace sponsio::app {

Parties::Parties(Foundation& base)
    : registry_{base.knowledge.regions, *base.clock},
      access_(base.db, *base.clock),
      organisations_(base.db, base.vault, access_, registry_, *base.clock),
      changes_(base.db, base.vault, access_, *base.clock),
      tokens_(base.db, base.vault, access_, registry_, *base.clock),
      credit_codes_(base.db, base.vault, *base.clock),
      audit_(base.db) {
    base.rows.add([this] { access_.forget(); });
}

void Parties::add_routes(http::Router& router) {
    router.add(api::organisation_routes(organisations_));
    router.add(api::account_change_routes(changes_));
    router.add(api::token_routes(tokens_));
    router.add(api::credit_code_routes(credit_codes_));
    router.add(api::audit_routes(audit_));
}

}  // namespace sponsio::app

#include "server/app/wings/parties.hpp"

#include "server/api/audit.hpp"
#include "server/api/credit_codes.hpp"
#include "server/api/grants.hpp"
#include "server/api/organisations.hpp"
#include "server/api/people.hpp"

namespace sponsio::app {

Parties::Parties(Foundation& base)
    : registry_{base.knowledge.regions, base.vault, *base.clock, base.options.tokens},
      persons_(base.vault),
      access_(base.db, base.vault, *base.clock, base.options.tokens),
      organisations_(base.db, base.vault, access_, registry_, persons_, *base.clock),
      changes_(base.db, base.vault, access_, persons_, *base.clock),
      tokens_(base.db, base.vault, access_, registry_, *base.clock),
      enrolments_(base.db, base.vault, registry_, *base.clock),
      grants_(base.db, base.vault, access_, *base.clock),
      credit_codes_(base.db, base.vault, *base.clock),
      audit_(base.db, base.vault, base.person_terms, base.knowledge.rules, *base.clock),
      rounds_(base.metrics) {
    base.rows.add([this] { access_.forget(); });
}

void Parties::add_routes(http::Router& router) {
    router.add(api::organisation_routes(organisations_));
    router.add(api::account_change_routes(changes_));
    router.add(api::token_routes(tokens_));
    router.add(api::enrolment_routes(enrolments_));
    router.add(api::grant_routes(grants_));
    router.add(api::credit_code_routes(credit_codes_));
    router.add(api::audit_routes(audit_));
}

void Parties::start(std::chrono::milliseconds) {
    rounds_.run({.name = "query_trail", .pause = std::chrono::minutes(10)}, [this] {
        return audit_.end_queries(std::chrono::steady_clock::now() + std::chrono::seconds(30));
    });
}

}  // namespace sponsio::app

#include "server/app/wings/contract.hpp"

#include "server/api/contract.hpp"
#include "server/app/vocabulary.hpp"

namespace sponsio::app {

void Contract::add_routes(http::Router& router) {
    router.add(api::contract_routes({.version = SPONSIO_VERSION,
                                     .issuer = base_.options.issuer,
                                     .security_contact = base_.options.security_contact,
                                     .vocabulary = vocabulary_json(),
                                     .licence = "Apache-2.0"},
                                    *base_.clock));
}

}  // namespace sponsio::app

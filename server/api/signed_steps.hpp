#pragma once

#include "server/http/router.hpp"
#include "server/service/unit/vault.hpp"

namespace sponsio::api {

/// Goes around the steps that decide about somebody: conclusions and sign-offs, reviews, decisions, services.
/// Whoever registered a key signs them; the member `signature` of the body is checked and taken out here, and
/// in_transaction(db, caller, ...) stores it with the step.
http::Around signed_steps(service::Vault const& vault, Clock const& clock);

}  // namespace sponsio::api

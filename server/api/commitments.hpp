#pragma once

#include "server/domain/access.hpp"
#include "server/http/router.hpp"
#include "server/service/filing/counter.hpp"
#include "server/service/filing/eligibility.hpp"
#include "server/service/filing/service.hpp"

#include <vector>

namespace sponsio::api {

/// The policy for reading one commitment of one's own organisation.
domain::Policy commitment_readers();

/// /v1/commitments, the counter and the question before the signature.
std::vector<http::Route> commitment_routes(service::FilingService& filing,
                                           service::EligibilityService& eligibility,
                                           service::CounterService& counter);

/// Whether the query says name=true; false where it says so or nothing.
Outcome<bool> flag_in_query(http::Request const& request, std::string_view name);

/// A filing that was checked only, as the contract shows it.
domain::Json view_of(service::Validated const& checked);

}  // namespace sponsio::api

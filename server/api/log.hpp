#pragma once

#include "server/http/router.hpp"
#include "server/service/log/service.hpp"
#include "server/service/records/proof_service.hpp"

#include <vector>

namespace sponsio::api {

/// /log/{shard}: checkpoint, tiles, bundles (C2SP tlog-tiles) and verifier keys; /public/v1/log-leaves.
std::vector<http::Route> log_routes(service::LogService& log);

/// /v1/commitments/{code}/proof and /v1/records/{record_id}/proof.
std::vector<http::Route> proof_routes(service::ProofService& proofs);

}  // namespace sponsio::api

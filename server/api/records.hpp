#pragma once

#include "server/domain/access.hpp"
#include "server/http/router.hpp"
#include "server/service/records/service.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::api {

/// The policy for reading records; RecordService decides the part that each reader sees.
domain::Policy record_readers();

/// /v1/records: the feed of signed records, and one of them as JSON or as the token itself.
std::vector<http::Route> record_routes(service::RecordService& records);

/// Documents that strangers need to verify our signatures. The functions are called from any thread.
struct PublicDocuments {
    std::function<std::string()> jwks;
    /// The current SM2 key, or the one with that id, in PEM; nothing if there is none.
    std::function<std::optional<std::string>(std::optional<std::string> const& kid)> sm2_pem;
    std::string record_type;  ///< SD-JWT VC type metadata
    std::string issuer;       ///< JWT VC issuer metadata
};

/// /.well-known/jwks.json, /.well-known/jwt-vc-issuer, /.well-known/sm2-public.pem,
/// /.well-known/vct/false-commitment.
std::vector<http::Route> public_key_routes(PublicDocuments documents);

}  // namespace sponsio::api

#pragma once

#include "server/domain/access.hpp"
#include "server/http/router.hpp"
#include "server/service/records/service.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::api {

/// Who may ask for records; what they see is RecordService's business.
domain::Policy record_readers();

/// /v1/records: the feed of signed records, and one of them as JSON or as the token itself.
std::vector<http::Route> record_routes(service::RecordService& records);

/// What a stranger needs to check what this server signs. The functions are called from any thread.
struct PublicDocuments {
    std::function<std::string()> jwks;
    /// The current SM2 key, or the one with that id; nothing if there is none.
    std::function<std::optional<std::string>(std::optional<std::string> const& kid)> sm2_pem;
    std::string record_type;  ///< SD-JWT VC type metadata
};

/// /.well-known/jwks.json, /.well-known/sm2-public.pem, /.well-known/vct/false-commitment.
std::vector<http::Route> public_key_routes(PublicDocuments documents);

}  // namespace sponsio::api

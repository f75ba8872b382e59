#pragma once

#include "server/base/time.hpp"
#include "server/http/router.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a program or a person finds who knows nothing but this server's address: what it is, the contract in
/// its forms, the words, the refusals, and whom to tell of a weakness.
namespace sponsio::api {

/// A form of schema/openapi.yaml, made when the server was built (schema/contract.py).
struct ContractDocument {
    std::string_view name;  ///< such as "openapi.json"
    std::string_view bytes;
};

/// openapi.yaml, openapi.json (3.1), openapi-3.0.json and docs.html.
std::span<ContractDocument const> contract_documents();

/// What these routes say that only the program's start knows.
struct FrontDesk {
    std::string version;           ///< of the program
    std::string issuer;            ///< URL under which others reach this server
    std::string security_contact;  ///< URI of RFC 9116, such as mailto:security@example.org; empty: none
    std::string vocabulary;        ///< the answer of GET /v1/vocabulary
    std::string licence;           ///< the licence in force, as text
};

/// `desk` is copied; `clock` outlives the routes.
std::vector<http::Route> contract_routes(FrontDesk desk, Clock const& clock);

}  // namespace sponsio::api

#pragma once

#include "server/domain/catalogue.hpp"
#include "server/domain/region.hpp"
#include "server/http/router.hpp"
#include "server/service/knowledge/service.hpp"

#include <vector>

/// The proofs that may not be demanded, in lists of the country and of regions (docs/catalogue.md).
namespace sponsio::api {

/// /v1/proof-items, public: whether a proof may be demanded of a resident there and then, and the ways to do
/// without it.
std::vector<http::Route> catalogue_routes(domain::Catalogue const& catalogue, domain::Regions const& regions,
                                          Clock const& clock);
/// /public/v1/catalogues: the lists with all of their versions, and what one version changed.
std::vector<http::Route> catalogue_version_routes(service::KnowledgeService& knowledge,
                                                  domain::Catalogue const& catalogue,
                                                  domain::Regions const& regions, Clock const& clock);

/// An item as it is answered, with its list.
domain::JsonObject proof_item_json(domain::ProofItem const& item);
domain::Json proof_list_json(domain::CatalogueInfo const& list);

}  // namespace sponsio::api

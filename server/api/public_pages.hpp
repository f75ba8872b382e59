#pragma once

#include "server/domain/catalogue.hpp"
#include "server/http/router.hpp"
#include "server/service/draws/public_draws.hpp"
#include "server/service/publicity/service.hpp"
#include "server/service/tasks/inspection_service.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The public window: pages that anybody reads, made whole by the server, so that they need no script
/// (docs/console.md). The one thing that needs one is checking a signature in the reader's own browser.
namespace sponsio::api {

/// What the pages show. All of it outlives the routes.
struct PublicPages {
    domain::Catalogue const& catalogue;
    service::PublicDraws& draws;
    service::PublicityService& publicity;
    service::InspectionService& inspections;
    Clock const& clock;
    /// What people read for a word of a closed list.
    std::function<std::optional<Bilingual>(std::string_view list, std::string_view word)> label;
    unsigned shards;  ///< that the log has
};

std::vector<http::Route> public_page_routes(PublicPages window);

}  // namespace sponsio::api

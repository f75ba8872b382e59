#include "server/app/wings/console.hpp"

#include "server/api/console.hpp"
#include "server/api/public_pages.hpp"
#include "server/app/word_labels.hpp"

#include <algorithm>

namespace sponsio::app {

void Console::add_routes(http::Router& router) {
    router.add(api::console_routes());
    router.add(api::public_page_routes({.catalogue = base_.knowledge.catalogue,
                                        .draws = draws_,
                                        .publicity = publicity_,
                                        .inspections = inspections_,
                                        .clock = *base_.clock,
                                        .label = label_of,
                                        .shards = std::max(base_.options.shards, base_.options.writers)}));
}

}  // namespace sponsio::app

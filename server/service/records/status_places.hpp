#pragma once

#include "server/store/status.hpp"

#include <cstdint>
#include <vector>

namespace sponsio::service {

/// Places in status lists for `count` new records, drawn by lot among those that are free. When half of a
/// list is taken the next one is begun, with `list_size` entries. The lists stay locked until the transaction
/// ends, so that nobody else draws the same; the caller stores the places that it uses.
std::vector<store::StatusPlace> take_status_places(db::PgSession& db, std::size_t count,
                                                   std::int32_t list_size, Instant now);

}  // namespace sponsio::service

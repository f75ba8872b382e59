#pragma once

#include "server/store/status.hpp"

#include <cstdint>
#include <vector>

namespace sponsio::service {

/// Allocates positions in status lists for `count` new records, at random among the free ones. When half of a
/// list is taken the next one is begun, with `list_size` entries. The lists stay locked until the transaction
/// ends, so that nobody else allocates the same; the caller stores the positions that it uses.
std::vector<store::StatusPlace> take_status_places(db::PgSession& db, std::size_t count,
                                                   std::int32_t list_size, Instant now);

}  // namespace sponsio::service

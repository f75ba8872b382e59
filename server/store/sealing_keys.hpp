#pragma once

#include "server/base/time.hpp"
#include "server/db/session.hpp"
#include "server/store/sealed_places.hpp"

#include <functional>
#include <string>
#include <vector>

/// The change from one sealing key to the next: data keys are wrapped anew, row by row, and what they open
/// stays.
namespace sponsio::store {

/// The number of PostgreSQL pages of the table that has this data key.
std::int64_t pages_of(db::PgSession& db, WrappedKey const& key);

/// What a data key is wrapped in.
struct Wrapping {
    std::vector<std::uint8_t> wrapped;
    std::string key_id;
};

/// Exchanges the wrapping of each data key in pages [first_page, past_page) that another key than `current`
/// wrapped. `rewrap` gives the new one. Returns how many.
std::size_t rewrap_pages(db::PgSession& db, WrappedKey const& key, std::string const& current,
                         std::int64_t first_page, std::int64_t past_page,
                         std::function<Wrapping(Wrapping const&)> const& rewrap);

/// Tells, by the database's clock, that this process is there and seals with that key.
void tell_sealing(db::PgSession& db, Uuid const& process, std::string const& key_id);
void end_sealing(db::PgSession& db, Uuid const& process);
/// Whether a process that was seen within the last minute seals with another key; those unseen for a day are
/// forgotten.
bool others_seal_otherwise(db::PgSession& db, std::string const& key_id);

}  // namespace sponsio::store

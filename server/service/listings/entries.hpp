#pragma once

#include "server/domain/actor.hpp"
#include "server/domain/listing_lifecycle.hpp"
#include "server/store/listings.hpp"

#include <string>

/// How cases of the serious list end without a step of their own.
namespace sponsio::service {

/// By what a case ends.
struct ListingOrder {
    domain::ListingEnd why;
    std::string by;  ///< number of the decision, or "due"
    domain::Actor actor;
    Instant now;
};

/// Ends the locked case: who is listed is removed, and a case in which nobody was listed yet lapses.
Outcome<void> end_listing(db::PgSession& db, store::ListingRow row, ListingOrder const& order);
/// The same for what is open about a record; false if nothing is.
Outcome<bool> end_listing_of(db::PgSession& db, RecordId record, ListingOrder const& order);

}  // namespace sponsio::service

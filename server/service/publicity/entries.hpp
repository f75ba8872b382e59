#pragma once

#include "server/domain/publicity.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/publicity.hpp"

#include <string>

namespace sponsio::service {

/// Why a publication ends, and who ends it.
struct PublicityOrder {
    domain::PublicityEnd why;
    std::string by;  ///< a word or the number of a decision, never personal text
    domain::Actor actor;
    Instant now;
};

/// Ends a locked, published entry: from the commit on nobody reads it.
Outcome<void> end_publicity(db::PgSession& db, store::PublicityRow row, PublicityOrder const& order,
                            domain::PublicityFacts const& facts);
/// Ends what is published of a record, in the transaction that repairs or withdraws it; whether there was
/// any.
Outcome<bool> end_publicity_of(db::PgSession& db, RecordId record, PublicityOrder const& order);

}  // namespace sponsio::service

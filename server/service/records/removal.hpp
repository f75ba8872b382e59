#pragma once

#include "server/domain/removal.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/removals.hpp"

#include <string>
#include <vector>

/// Who gets records, and the orders to remove them (docs/life-of-a-record.md, Removal).
namespace sponsio::service {

/// Keeps that the organisation gets these records, before they are handed out; cheap where it is known.
/// Outside of transactions.
void remember_holder(db::PgSession& db, OrganisationId organisation, std::vector<RecordId> const& records,
                     Instant now);

struct RemovalOrder {
    RecordId record;
    domain::RemovalMeasure measure;
    std::string why;  ///< a word or the number of a decision, never personal text
    domain::Actor actor;
    Instant now;
};

/// Orders it, in the transaction of what makes it necessary; its receivers are told by a round. False where
/// one of the same measure is open, or the record was to be erased before.
bool order_removal(db::PgSession& db, RemovalOrder const& order);
/// Ends what is open of the measure, since the record stands again.
Outcome<void> call_off_removal(db::PgSession& db, RemovalOrder const& order);

/// Moves a removal that is locked, with its event, and stores it.
Outcome<void> move_removal(db::PgSession& db, store::RemovalRow& row, domain::RemovalEvent event,
                           domain::Actor const& actor, std::string why, Instant now);
/// Finishes a removal that is locked if nobody is waited for any more.
Outcome<void> finish_if_confirmed(db::PgSession& db, store::RemovalRow& row, domain::Actor const& actor,
                                  Instant now);

}  // namespace sponsio::service

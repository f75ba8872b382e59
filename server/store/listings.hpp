#pragma once

#include "server/db/session.hpp"
#include "server/domain/listing.hpp"
#include "server/domain/record_lifecycle.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Cases of the serious list.
namespace sponsio::store {

struct ListingRow {
    ListingId id;
    RecordId record;
    OrganisationId organisation;  ///< the identifying unit
    domain::ListingGround ground;
    SealedColumns entry;  ///< JSON, masked: what everybody would read; sealed with listing_entry_label(id)
    bool shown;           ///< whether everybody may read it at all
    AccountId proposed_by;
    Instant proposed_at;
    domain::ListingState state = domain::ListingState::proposed;
    std::optional<AccountId> checked_by{};
    /// First instants after the periods that the prior notice began; nothing while no calendar covers them,
    /// and none for a hearing where the place has none.
    std::optional<Instant> defence_until{};
    std::optional<Instant> hearing_until{};
    std::optional<AccountId> hearing_chair{};
    std::optional<Instant> hearing_at{};
    std::optional<AccountId> decided_by{};
    std::optional<Instant> decided_at{};
    std::optional<std::string> number{};  ///< of the decision
    std::optional<Instant> ends_at{};     ///< the first instant after the longest period
    std::optional<std::string> rule{};    ///< clock text
    std::optional<Instant> listed_at{};   ///< when the decision was served
    std::optional<Instant> ended_at{};
    std::optional<domain::ListingEnd> ended_why{};
};

std::string listing_entry_label(ListingId id);
/// Throws DbError unique on `serious_listing_open` while another case about the record is open.
void insert(db::PgSession& db, ListingRow const& row);
/// Writes what a step may change.
void update(db::PgSession& db, ListingRow const& row);
std::optional<ListingRow> listing_by_id(db::PgSession& db, ListingId id);
/// The row, locked until the transaction ends.
std::optional<ListingRow> lock_listing(db::PgSession& db, ListingId id);
/// The case about the record that has not ended, locked.
std::optional<ListingRow> lock_open_listing(db::PgSession& db, RecordId record);
/// The first after `after` whose time is over, or whose record does not stand any more, locked, passing over
/// those that others hold.
std::optional<ListingRow> lock_listing_to_end(db::PgSession& db, Instant now, std::optional<ListingId> after);

struct ListingList {
    OrganisationId of;
    std::optional<domain::ListingState> state;
    std::optional<RecordId> record;
    std::optional<ListingId> after;
    int limit;
};

/// Oldest first.
std::vector<ListingRow> listings_after(db::PgSession& db, ListingList const& list);

/// What everybody may read.
struct PublicListing {
    ListingRow row;
    domain::RecordStatus status;  ///< of the record: valid, or with a mark
};

/// In the order in which they were listed, after that place. One whose time is over, or whose record was
/// repaired, suspended or withdrawn, is not among them, whatever its row says.
std::vector<PublicListing> public_listings(db::PgSession& db, Instant now,
                                           std::optional<std::pair<Instant, ListingId>> const& after,
                                           int limit);

}  // namespace sponsio::store

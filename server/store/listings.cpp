#include "server/store/listings.hpp"

#include "server/domain/record_status.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::ListingState;
using domain::RecordCause;
using R = ListingRow;

using Listings = Table<
    "serious_listing", R, Column<"listing_id", &R::id>, Column<"record_id", &R::record>,
    Column<"organisation_id", &R::organisation>, Column<"ground", &R::ground>,
    SealedColumn<"entry", &R::entry>, Column<"shown", &R::shown>, Column<"proposed_by", &R::proposed_by>,
    Column<"proposed_at", &R::proposed_at>, Column<"state", &R::state>, Column<"checked_by", &R::checked_by>,
    Column<"defence_until", &R::defence_until>, Column<"hearing_until", &R::hearing_until>,
    Column<"hearing_chair", &R::hearing_chair>, Column<"hearing_at", &R::hearing_at>,
    Column<"decided_by", &R::decided_by>, Column<"decided_at", &R::decided_at>, Column<"number", &R::number>,
    Column<"ends_at", &R::ends_at>, Column<"rule", &R::rule>, Column<"listed_at", &R::listed_at>,
    Column<"ended_at", &R::ended_at>, Column<"ended_why", &R::ended_why>>;
using Change = Listings::Update<&R::state, &R::checked_by, &R::defence_until, &R::hearing_until,
                                &R::hearing_chair, &R::hearing_at, &R::decided_by, &R::decided_at, &R::number,
                                &R::ends_at, &R::rule, &R::listed_at, &R::ended_at, &R::ended_why>;

// Where such a cause is open the record is not used, so nobody is listed by it.
constexpr auto does_not_stand = piece<
    "exists (select from record_cause k where k.record_id = l.record_id and k.ended_at is null and k.cause "
    "in (",
    quoted<RecordCause::repair, RecordCause::suspension, RecordCause::withdrawal>, "))">;
// A suspension passes: only what is shown waits for it.
constexpr auto has_fallen = piece<
    "exists (select from record_cause k where k.record_id = l.record_id and k.ended_at is null and k.cause "
    "in (",
    quoted<RecordCause::repair, RecordCause::withdrawal>, "))">;
constexpr auto ended =
    quoted<ListingState::refused, ListingState::dismissed, ListingState::removed, ListingState::lapsed>;
constexpr auto rows_of = piece<"select ", Listings::list_after<"l.">, " from serious_listing l ">;

constexpr BinaryQuery insert_one{"listings.insert", sql<Listings::insert>};
constexpr BinaryQuery update_one{"listings.update", sql<Change::text>};
constexpr BinaryQuery select_one{"listings.by_id", sql<Listings::select, "where listing_id = $1">};
constexpr BinaryQuery lock_one{"listings.lock", sql<Listings::select, "where listing_id = $1 for update">};
constexpr BinaryQuery lock_open{
    "listings.lock_open",
    sql<Listings::select, "where record_id = $1 and state not in (", ended, ") for update">};
constexpr BinaryQuery select_to_end{
    "listings.to_end",
    sql<rows_of, "where l.state not in (", ended, ") and ((l.state = ", quoted<ListingState::listed>,
        " and l.ends_at <= $1) or ", has_fallen,
        ") and ($2::uuid is null or l.listing_id > $2) order by l.listing_id limit 1 for update of l skip "
        "locked">};
constexpr BinaryQuery select_list{
    "listings.list", sql<Listings::select,
                         "where organisation_id = $1 and ($2::text is null or state = $2) and ($3::uuid is "
                         "null or record_id = $3) and ($4::uuid is null or listing_id > $4) order by "
                         "listing_id limit $5">};
constexpr BinaryQuery select_public{
    "listings.public",
    sql<"select ", Listings::list_after<"l.">,
        ", s.status from serious_listing l join status_entry s on s.record_id = l.record_id where l.state = ",
        quoted<ListingState::listed>, " and l.shown and l.ends_at > $1 and not ", does_not_stand,
        " and ($2::timestamptz is null or (l.listed_at, l.listing_id) > ($2, $3::uuid)) order by "
        "l.listed_at, "
        "l.listing_id limit $4">};

}  // namespace

std::string listing_entry_label(ListingId id) {
    return "serious_listing.entry:" + id.text();
}

void insert(db::PgSession& db, ListingRow const& row) {
    db.exec(insert_one, Listings::values(row));
}

void update(db::PgSession& db, ListingRow const& row) {
    db.exec(update_one, Change::values(row));
}

std::optional<ListingRow> listing_by_id(db::PgSession& db, ListingId id) {
    return first_of(db.exec(select_one, Params(id)), Listings::read);
}

std::optional<ListingRow> lock_listing(db::PgSession& db, ListingId id) {
    return first_of(db.exec(lock_one, Params(id)), Listings::read);
}

std::optional<ListingRow> lock_open_listing(db::PgSession& db, RecordId record) {
    return first_of(db.exec(lock_open, Params(record)), Listings::read);
}

std::optional<ListingRow> lock_listing_to_end(db::PgSession& db, Instant now,
                                              std::optional<ListingId> after) {
    return first_of(db.exec(select_to_end, Params(now, after)), Listings::read);
}

std::vector<ListingRow> listings_after(db::PgSession& db, ListingList const& list) {
    Params const params(list.of, optional_word(list.state), list.record, list.after,
                        std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Listings::read);
}

std::vector<PublicListing> public_listings(db::PgSession& db, Instant now,
                                           std::optional<std::pair<Instant, ListingId>> const& after,
                                           int limit) {
    Params params(now);
    params.add(after ? std::optional(after->first) : std::nullopt)
        .add(after ? std::optional(after->second) : std::nullopt)
        .add(std::int32_t{limit});
    return all_of(db.exec(select_public, params), [](db::Rows::Row const& row) {
        return PublicListing{
            Listings::read(row),
            static_cast<domain::RecordStatus>(row.get<std::int16_t>(static_cast<int>(Listings::width)))};
    });
}

}  // namespace sponsio::store

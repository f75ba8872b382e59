#include "server/store/publicity.hpp"

#include "server/domain/record_status.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::PublicityState;
using domain::RecordCause;
using R = PublicityRow;

using Publicity = Table<"publicity", R, Column<"publicity_id", &R::id>, Column<"record_id", &R::record>,
                        Column<"organisation_id", &R::organisation>, Column<"severity", &R::severity>,
                        SealedColumn<"preview", &R::preview>, Column<"preview_digest", &R::preview_digest>,
                        Column<"counts_from", &R::counts_from>, Column<"ends_at", &R::ends_at>,
                        Column<"rule", &R::rule>, Column<"proposed_by", &R::proposed_by>,
                        Column<"proposed_at", &R::proposed_at>, Column<"state", &R::state>,
                        Column<"approved_by", &R::approved_by>, Column<"approved_at", &R::approved_at>,
                        Column<"number", &R::number>, Column<"told_at", &R::told_at>,
                        Column<"told_method", &R::told_method>, Column<"receipt_evidence_id", &R::receipt>,
                        Column<"published_by", &R::published_by>, Column<"published_at", &R::published_at>,
                        Column<"ended_at", &R::ended_at>, Column<"ended_why", &R::ended_why>>;
using Change =
    Publicity::Update<&R::state, &R::approved_by, &R::approved_at, &R::number, &R::told_at, &R::told_method,
                      &R::receipt, &R::published_by, &R::published_at, &R::ended_at, &R::ended_why>;

// Where such a cause is open the record is not used, so nothing of it is shown.
constexpr auto hidden = piece<
    "exists (select from record_cause k where k.record_id = p.record_id and k.ended_at is null and k.cause "
    "in (",
    quoted<RecordCause::repair, RecordCause::suspension, RecordCause::withdrawal>, "))">;
constexpr auto rows_of = piece<"select ", Publicity::list_after<"p.">, " from publicity p ">;

constexpr BinaryQuery insert_one{"publicity.insert", sql<Publicity::insert>};
constexpr BinaryQuery update_one{"publicity.update", sql<Change::text>};
constexpr BinaryQuery select_one{"publicity.by_id", sql<Publicity::select, "where publicity_id = $1">};
constexpr BinaryQuery lock_one{"publicity.lock",
                               sql<Publicity::select, "where publicity_id = $1 for update">};
constexpr BinaryQuery lock_of_record{"publicity.lock_published",
                                     sql<Publicity::select, "where record_id = $1 and state = ",
                                         quoted<PublicityState::published>, " for update">};
constexpr BinaryQuery select_to_end{
    "publicity.to_end",
    sql<rows_of, "where p.state = ", quoted<PublicityState::published>, " and (p.ends_at <= $1 or ", hidden,
        ") and ($2::uuid is null or p.publicity_id > $2) order by p.publicity_id limit 1 for update of p "
        "skip "
        "locked">};
constexpr BinaryQuery select_list{
    "publicity.list", sql<Publicity::select,
                          "where organisation_id = $1 and ($2::text is null or state = $2) and ($3::uuid is "
                          "null or record_id = $3) "
                          "and ($4::uuid is null or publicity_id > $4) order by publicity_id limit $5">};
constexpr BinaryQuery select_public{
    "publicity.public",
    sql<"select ", Publicity::list_after<"p.">,
        ", s.status from publicity p join status_entry s on s.record_id = p.record_id where p.state = ",
        quoted<PublicityState::published>, " and p.ends_at > $1 and not ", hidden,
        " and ($2::timestamptz is null or (p.published_at, p.publicity_id) > ($2, $3::uuid)) order by "
        "p.published_at, p.publicity_id limit $4">};

constexpr BinaryQuery select_shown{
    "publicity.is_shown",
    sql<"select exists (select from publicity p where p.record_id = $1 and p.state = ",
        quoted<PublicityState::published>, " and p.ends_at > $2 and not ", hidden, ")">};

}  // namespace

std::string preview_label(PublicityId id) {
    return "publicity.preview:" + id.text();
}

void insert(db::PgSession& db, PublicityRow const& row) {
    db.exec(insert_one, Publicity::values(row));
}

void update(db::PgSession& db, PublicityRow const& row) {
    db.exec(update_one, Change::values(row));
}

std::optional<PublicityRow> publicity_by_id(db::PgSession& db, PublicityId id) {
    return first_of(db.exec(select_one, Params(id)), Publicity::read);
}

std::optional<PublicityRow> lock_publicity(db::PgSession& db, PublicityId id) {
    return first_of(db.exec(lock_one, Params(id)), Publicity::read);
}

std::optional<PublicityRow> lock_published(db::PgSession& db, RecordId record) {
    return first_of(db.exec(lock_of_record, Params(record)), Publicity::read);
}

std::optional<PublicityRow> lock_to_end(db::PgSession& db, Instant now, std::optional<PublicityId> after) {
    return first_of(db.exec(select_to_end, Params(now, after)), Publicity::read);
}

std::vector<PublicityRow> publicity_after(db::PgSession& db, PublicityList const& list) {
    Params const params(list.of, optional_word(list.state), list.record, list.after,
                        std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Publicity::read);
}

std::vector<PublicEntry> public_entries(db::PgSession& db, Instant now,
                                        std::optional<std::pair<Instant, PublicityId>> const& after,
                                        int limit) {
    Params params(now);
    params.add(after ? std::optional(after->first) : std::nullopt)
        .add(after ? std::optional(after->second) : std::nullopt)
        .add(std::int32_t{limit});
    return all_of(db.exec(select_public, params), [](db::Rows::Row const& row) {
        return PublicEntry{
            Publicity::read(row),
            static_cast<domain::RecordStatus>(row.get<std::int16_t>(static_cast<int>(Publicity::width)))};
    });
}

bool is_shown(db::PgSession& db, RecordId record, Instant now) {
    return value_of<bool>(db.exec(select_shown, Params(record, now))).value_or(false);
}

}  // namespace sponsio::store

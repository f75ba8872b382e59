#include "server/store/idempotency.hpp"

namespace sponsio::store {
namespace {

using Blob = std::vector<std::uint8_t>;

// Keys from before keys belonged to accounts are stored under the organisation.
constexpr db::BinaryQuery select_use{
    "idempotency.first_use",
    "select owner_id, request_digest, resource, status, answer, wrapped_key, master_key_id, created_at, "
    "organisation_id from "
    "used_key "
    "where owner_id in ($1, $2) and key = $3 order by owner_id = $1 desc limit 1"};
constexpr db::BinaryQuery take_key{"idempotency.lock",
                                   "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || '/' || "
                                   "$2::text, 0))::text"};
constexpr db::BinaryQuery insert_use{
    "idempotency.remember",
    "insert into used_key (owner_id, key, request_digest, resource, status, "
    "answer, wrapped_key, master_key_id, "
    "created_at, organisation_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr db::BinaryQuery delete_use{
    "idempotency.forget", "delete from used_key where owner_id = $1 and key = $2 and created_at <= $3"};

// Every sealed value needs a matter. An operator's acts before the first start, from the command line, leave
// events and seal nothing.
constexpr db::BinaryQuery select_any{"idempotency.any",
                                     "select exists (select from used_key) or exists (select from matter) or "
                                     "exists (select from commitment) or "
                                     "exists (select from inspector_conflict)"};

constexpr db::BinaryQuery count_pages{
    "idempotency.pages", "select pg_relation_size('used_key') / current_setting('block_size')::int8"};
// By physical position: every filing would pay for an index on the time.
constexpr db::BinaryQuery delete_ended{"idempotency.end",
                                       "delete from used_key where ctid >= format('(%s,0)', $1::int8)::tid "
                                       "and ctid < format('(%s,0)', $2::int8)::tid "
                                       "and created_at <= $3"};
// One index lookup for each organisation, whatever the planner estimates.
constexpr db::BinaryQuery give_to_accounts{
    "idempotency.adopt",
    "update used_key k set owner_id = c.filed_by from organisation o cross join lateral "
    "(select u.owner_id, u.key, u.resource from used_key u where u.owner_id = o.organisation_id and u.answer "
    "is null "
    "and u.created_at > $1 offset 0) old join commitment c on c.code = old.resource "
    "where k.owner_id = old.owner_id and k.key = old.key"};

}  // namespace

void lock_key(db::PgSession& db, Uuid const& owner, std::string const& key) {
    db.exec(take_key, db::Params(owner, key));
}

std::optional<FirstUse> first_use(db::PgSession& db, Uuid const& owner,
                                  std::optional<OrganisationId> const& organisation, std::string const& key) {
    db::Rows const rows = db.exec(select_use, db::Params(owner, organisation, key));
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    FirstUse use{.owner = row.get<Uuid>(0),
                 .request_digest = row.get<Digest>(1),
                 .resource = row.get<std::string>(2),
                 .status = row.get<std::int16_t>(3),
                 .answer = std::nullopt,
                 .at = row.get<Instant>(7),
                 .organisation = row.get<std::optional<OrganisationId>>(8)};
    if (auto content = row.get<std::optional<Blob>>(4))
        use.answer = SealedColumns{std::move(*content), row.get<std::optional<Blob>>(5),
                                   row.get<std::optional<std::string>>(6)};
    return use;
}

void remember_use(db::PgSession& db, std::string const& key, FirstUse const& use) {
    std::optional<Blob> content, wrapped;
    std::optional<std::string> master;
    if (use.answer) {
        content = use.answer->content;
        wrapped = use.answer->wrapped_key;
        master = use.answer->master_key_id;
    }
    db.exec(insert_use, db::Params(use.owner, key, use.request_digest, use.resource,
                                   static_cast<std::int16_t>(use.status), content, wrapped, master, use.at,
                                   use.organisation));
}

void forget_use(db::PgSession& db, std::string const& key, FirstUse const& use) {
    db.exec(delete_use, db::Params(use.owner, key, use.at));
}

bool anything_sealed(db::PgSession& db) {
    return db.exec(select_any)[0].get<bool>(0);
}

std::int64_t pages_of_used_keys(db::PgSession& db) {
    return db.exec(count_pages)[0].get<std::int64_t>(0);
}

std::size_t end_keys(db::PgSession& db, std::int64_t first_page, std::int64_t past_page, Instant ended_by) {
    return static_cast<std::size_t>(
        db.exec(delete_ended, db::Params(first_page, past_page, ended_by)).affected());
}

std::size_t give_keys_to_accounts(db::PgSession& db, Instant ended_by) {
    return static_cast<std::size_t>(db.exec(give_to_accounts, db::Params(ended_by)).affected());
}

}  // namespace sponsio::store

#include "server/store/idempotency.hpp"

namespace sponsio::store {
namespace {

using Blob = std::vector<std::uint8_t>;

constexpr db::BinaryQuery select_use{
    "idempotency.first_use",
    "select request_digest, resource, status, answer, wrapped_key, master_key_id from idempotency_key "
    "where organisation_id = $1 and key = $2"};
constexpr db::BinaryQuery insert_use{
    "idempotency.remember",
    "insert into idempotency_key (organisation_id, key, request_digest, resource, status, answer, "
    "wrapped_key, "
    "master_key_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

constexpr db::BinaryQuery select_any{"idempotency.any", "select exists (select from idempotency_key)"};

}  // namespace

std::optional<FirstUse> first_use(db::PgSession& db, OrganisationId organisation, std::string const& key) {
    db::Rows const rows = db.exec(select_use, db::Params(organisation, key));
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    FirstUse use{row.get<Digest>(0), row.get<std::string>(1), row.get<std::int16_t>(2), std::nullopt};
    if (auto content = row.get<std::optional<Blob>>(3))
        use.answer = SealedColumns{std::move(*content), row.get<std::optional<Blob>>(4),
                                   row.get<std::optional<std::string>>(5)};
    return use;
}

void remember_use(db::PgSession& db, OrganisationId organisation, std::string const& key, FirstUse const& use,
                  Instant now) {
    std::optional<Blob> content, wrapped;
    std::optional<std::string> master;
    if (use.answer) {
        content = use.answer->content;
        wrapped = use.answer->wrapped_key;
        master = use.answer->master_key_id;
    }
    db.exec(insert_use, db::Params(organisation, key, use.request_digest, use.resource,
                                   static_cast<std::int16_t>(use.status), content, wrapped, master, now));
}

bool anything_sealed(db::PgSession& db) {
    return db.exec(select_any)[0].get<bool>(0);
}

}  // namespace sponsio::store

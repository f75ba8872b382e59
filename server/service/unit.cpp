#include "server/service/unit.hpp"

#include "server/db/error.hpp"

namespace sponsio::service::detail {
namespace {

std::string place(OrganisationId organisation, std::string const& key) {
    return "idempotency_key.answer:" + organisation.text() + ":" + key;
}

}  // namespace

Outcome<std::optional<Created>> replay(db::PgSession& db, Vault const& vault, OrganisationId organisation,
                                       RequestOnce const& once) {
    auto const use = store::first_use(db, organisation, once.key);
    if (!use) return std::optional<Created>{};
    if (use->request_digest != once.digest)
        return fault(problem::idempotency_key_reused,
                     "This Idempotency-Key was first used with another request.",
                     "该 Idempotency-Key 此前已用于内容不同的请求。");
    if (!use->answer) return Fault{.problem = &problem::internal, .cause = "idempotency key of a filing"};
    auto body = vault.open(*use->answer, place(organisation, once.key));
    if (!body) return body.error();
    return std::optional<Created>{Created{std::move(*body), use->resource, true}};
}

void remember(db::PgSession& db, Vault const& vault, OrganisationId organisation, RequestOnce const& once,
              Created const& created, Instant now) {
    store::remember_use(db, organisation, once.key,
                        {.request_digest = once.digest,
                         .resource = created.location,
                         .status = 201,
                         .answer = vault.seal(created.body, place(organisation, once.key))},
                        now);
}

bool is_race_on_key(db::DbError const& error) {
    return error.kind() == db::ErrorKind::unique && error.constraint() == "idempotency_key_pkey";
}

}  // namespace sponsio::service::detail

#include "server/service/unit/transaction.hpp"

#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/store/idempotency.hpp"

namespace sponsio::service::detail {
namespace {

std::string place(Uuid const& owner, std::string const& key) {
    return "idempotency_key.answer:" + owner.text() + ":" + key;
}

}  // namespace

Outcome<std::optional<Created>> replay(db::PgSession& db, Vault const& vault, KeyOwner const& owner,
                                       RequestOnce const& once, Instant now) {
    store::lock_key(db, owner.id, once.key);
    auto use = store::first_use(db, owner.id, owner.organisation, once.key);
    if (use && use->at + store::key_lifetime <= now) {
        store::forget_use(db, once.key, *use);
        use.reset();
    }
    if (!use) return std::optional<Created>{};
    bool const own = use->owner == owner.id;
    // Old keys belong to the organisation and may be another account's: with another
    // request this is not a repetition.
    if (!own && use->request_digest != once.digest) return std::optional<Created>{};
    if (use->request_digest != once.digest)
        return fault(problem::idempotency_key_reused,
                     "This Idempotency-Key was first used with another request.",
                     "该 Idempotency-Key 此前已用于内容不同的请求。");
    // The rights of then are not those of now: who acts for another organisation is no longer given this.
    if (use->organisation && owner.organisation && use->organisation != owner.organisation)
        return fault(problem::not_found);
    if (!use->answer && use->resource.starts_with('/'))
        return fault(
            problem::conflict,
            "This was done, and what it made is shown only once. If it was lost, end it and make another, "
            "with another Idempotency-Key.",
            "该请求已经办理，其结果只显示一次；如已遗失，请将其作废并使用新的 Idempotency-Key 重新生成。");
    if (!use->answer) return internal("idempotency key of a filing");
    auto body = vault.open(*use->answer, place(use->owner, once.key));
    if (!body) return body.error();
    return std::optional<Created>{Created{std::move(*body), use->resource, true}};
}

void remember(db::PgSession& db, Vault const& vault, KeyOwner const& owner, RequestOnce const& once,
              Created const& created, int status, Instant now) {
    std::optional<store::SealedColumns> answer;
    if (!created.body.empty()) answer = vault.seal(created.body, place(owner.id, once.key));
    store::remember_use(db, once.key,
                        {.owner = owner.id,
                         .request_digest = once.digest,
                         .resource = created.location,
                         .status = status,
                         .answer = std::move(answer),
                         .at = now,
                         .organisation = owner.organisation});
}

bool is_race_on_key(db::DbError const& error) {
    return error.kind() == db::ErrorKind::unique && error.constraint() == "idempotency_key_pkey";
}

}  // namespace sponsio::service::detail

#include "server/service/parties/access_service.hpp"

#include "crypto/random.hpp"
#include "server/store/tokens.hpp"

namespace sponsio::service {
namespace {

Fault no_such_token() {
    return fault(problem::unauthenticated, "The bearer token is not known here.", "访问令牌无效。");
}

}  // namespace

void AccessService::forget(TokenId token) {
    known_.forget([&](domain::Official const& who) { return who.token == token; });
}

void AccessService::forget(AccountId account) {
    known_.forget([&](domain::Official const& who) { return who.account == account; });
}

Outcome<void> AccessService::still_good(domain::Official const& who) const {
    if (clock_.now() >= who.expires_at)
        return fault(
            problem::token_expired,
            "The token ended at " + to_rfc3339(who.expires_at) + "; ask an administrator for a new one.",
            "令牌已于 " + to_rfc3339(who.expires_at) + " 到期，请向管理员申请新令牌。");
    return {};
}

boost::asio::awaitable<Outcome<std::shared_ptr<domain::Official const>>> AccessService::authenticate(
    std::string_view token, Deadline deadline) {
    crypto::Digest const digest = token_digest(token);
    std::shared_ptr<domain::Official const> who = known_.find(digest);
    if (!who) {
        auto look = [this, digest](db::PgSession& db) -> Outcome<std::optional<store::TokenHolder>> {
            auto holder = store::holder_of(db, digest);
            if (holder) note_use(db, *holder);
            return holder;
        };
        auto holder = co_await db_.run(deadline, look);
        if (!holder) co_return holder.error();
        if (!*holder) co_return no_such_token();
        if ((*holder)->revoked_at || (*holder)->account.closed_at)
            co_return fault(problem::token_expired, "The token was revoked.", "令牌已撤销。");
        who = std::make_shared<domain::Official const>(official_of(**holder));
        known_.keep(digest, who);
    }
    if (auto good = still_good(*who); !good) co_return good.error();
    co_return who;
}

void AccessService::note_use(db::PgSession& db, store::TokenHolder const& holder) {
    Instant const now = clock_.now();
    bool const good = !holder.revoked_at && !holder.account.closed_at && now < holder.expires_at;
    if (!good || noted_.find(holder.token)) return;
    try {
        store::note_use(db, holder.token, now);
        noted_.keep(holder.token, std::make_shared<bool const>(true));
    } catch (db::DbError const&) {
        // What only reads goes on where nothing can be written: a full disk, a database that is read only.
    }
}

NewToken make_token() {
    std::string text = "spn_" + to_base64url(crypto::system_entropy().array<32>());
    crypto::Digest const digest = token_digest(text);
    return {std::move(text), digest};
}

crypto::Digest token_digest(std::string_view token) {
    return crypto::sha256(as_bytes(token));
}

domain::Official official_of(store::TokenHolder const& holder) {
    domain::Roles roles;
    for (std::string const& name : holder.account.roles)
        if (auto role = domain::from_word<domain::Role>(name)) roles.add(*role);
    return {.token = holder.token,
            .account = holder.account.id,
            .organisation = holder.organisation.id,
            .organisation_uscc = holder.organisation.uscc,
            .organisation_name = holder.organisation.name,
            .region_code = holder.organisation.region_code,
            .roles = roles,
            .expires_at = holder.expires_at};
}

}  // namespace sponsio::service

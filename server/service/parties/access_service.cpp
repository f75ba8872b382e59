#include "server/service/parties/access_service.hpp"

#include "crypto/random.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/store/events.hpp"
#include "server/store/key_history.hpp"

#include <vector>

namespace sponsio::service {
namespace {

Fault no_such_token() {
    return fault(problem::unauthenticated, "The bearer token is not known here.", "访问令牌无效。");
}

/// Of a token that nobody used for so long.
Fault idle_too_long(bool in_browser, std::chrono::days life) {
    if (in_browser) {
        std::string const minutes = std::to_string(session_idle.count());
        return fault(problem::token_expired,
                     "Nobody used this session for " + minutes + " minutes; sign in again.",
                     "会话已连续 " + minutes + " 分钟未使用，请重新登录。");
    }
    std::string const days = std::to_string(life.count());
    return fault(problem::token_expired,
                 "Nobody used the token for " + days + " days; ask an administrator for a new one.",
                 "令牌已连续 " + days + " 天未使用而失效，请向管理员申请新令牌。");
}

}  // namespace

void AccessService::forget(TokenId token) {
    known_.forget([&](domain::Official const& who) { return who.token == token; });
}

void AccessService::forget(AccountId account) {
    known_.forget([&](domain::Official const& who) { return who.account == account; });
}

Outcome<void> AccessService::still_good(domain::Official const& who, bool in_browser) const {
    if (clock_.now() < who.expires_at) return {};
    std::string const end = to_rfc3339(who.expires_at);
    if (in_browser)
        return fault(problem::token_expired, "The session ended at " + end + "; sign in again.",
                     "会话已于 " + end + " 到期，请重新登录。");
    return fault(problem::token_expired,
                 "The token ended at " + end + "; ask an administrator for a new one.",
                 "令牌已于 " + end + " 到期，请向管理员申请新令牌。");
}

Outcome<void> AccessService::still_good(store::TokenHolder const& holder, bool in_browser) const {
    if (holder.token.revoked_at || holder.account.closed_at)
        return fault(problem::token_expired, "The token was revoked.", "令牌已撤销。");
    std::chrono::seconds const idle = in_browser ? std::chrono::seconds(session_idle) : tokens_.idle;
    if (clock_.now() >= holder.token.last_used_at.value_or(holder.token.created_at) + idle)
        return idle_too_long(in_browser, tokens_.idle);
    return {};
}

Outcome<domain::Official> AccessService::believed(db::PgSession& db, store::TokenHolder const& holder,
                                                  bool in_browser) const {
    auto who = is_believed(vault_, holder.token)
                   ? official_behind(db, vault_, holder.account, holder.organisation, clock_.now())
                   : std::nullopt;
    if (!who)
        return fault(
            problem::unauthenticated,
            "What is stored of this account was not written by this server; its operator has to look.",
            "该账号的存储内容并非由本系统写入，请联系运维人员核查。");
    who->token = holder.token.id;
    who->expires_at = holder.token.expires_at;
    if (auto good = still_good(holder, in_browser); !good) return good.error();
    if (auto good = still_good(*who, in_browser); !good) return good.error();
    return std::move(*who);
}

/// Whose token it is. Refusals are told to the trail, without the token.
Outcome<domain::Official> AccessService::look(db::PgSession& db, crypto::Digest const& digest,
                                              bool in_browser) {
    auto const holder = store::holder_of(db, digest);
    auto who = holder ? believed(db, *holder, in_browser) : Outcome<domain::Official>(no_such_token());
    if (who)
        note_use(db, *holder);
    else
        note_refusal(db, holder, who.error());
    return who;
}

boost::asio::awaitable<Outcome<std::shared_ptr<domain::Official const>>> AccessService::authenticate(
    std::string_view token, Deadline deadline) {
    crypto::Digest const digest = token_digest(token);
    bool const in_browser = token.starts_with(session_prefix);
    std::shared_ptr<domain::Official const> who = known_.find(digest);
    if (!who) {
        auto found = co_await db_.run(
            deadline, [this, digest, in_browser](db::PgSession& db) { return look(db, digest, in_browser); });
        if (!found) co_return found.error();
        who = std::make_shared<domain::Official const>(std::move(*found));
        known_.keep(digest, who);
    }
    if (auto good = still_good(*who, in_browser); !good) co_return good.error();
    co_return who;
}

/// What nobody has is told of as one; whose token it was, as theirs.
void AccessService::note_refusal(db::PgSession& db, std::optional<store::TokenHolder> const& holder,
                                 Fault const& why) {
    std::string const slug(why.problem->slug);
    if (holder)
        tell_refused(db, holder->account.id.text(), holder->token.id.text() + " " + slug,
                     holder->organisation.id);
    else
        tell_refused(db, "unknown token", slug);
}

void AccessService::tell_refused(db::PgSession& db, std::string const& subject, std::string why,
                                 std::optional<OrganisationId> organisation) {
    if (refused_.find(subject)) return;
    try {
        store::append(db, store::Event{.at = clock_.now(),
                                       .lifecycle = "sign-in",
                                       .subject = subject,
                                       .event = "refused",
                                       .to = "refused",
                                       .actor = domain::Actor::recorded(domain::ActorKind::public_, {}),
                                       .why = std::move(why),
                                       .rule = std::nullopt,
                                       .organisation = organisation});
        refused_.keep(subject, std::make_shared<bool const>(true));
    } catch (db::DbError const&) {
        // It is refused all the same where nothing can be written.
    }
}

void AccessService::note_use(db::PgSession& db, store::TokenHolder const& holder) {
    if (noted_.find(holder.token.id)) return;
    try {
        store::note_use(db, holder.token.id, clock_.now());
        noted_.keep(holder.token.id, std::make_shared<bool const>(true));
    } catch (db::DbError const&) {
        // What only reads goes on where nothing can be written: a full disk, a database that is read only.
    }
}

NewSecret make_secret(std::string_view prefix) {
    std::string text = std::string(prefix) + to_base64url(crypto::system_entropy().array<32>());
    crypto::Digest const digest = token_digest(text);
    return {std::move(text), digest};
}

crypto::Digest token_digest(std::string_view token) {
    return crypto::sha256(as_bytes(token));
}

std::optional<domain::Official> official_behind(db::PgSession& db, Vault const& vault,
                                                store::Account const& account,
                                                store::Organisation const& organisation, Instant now) {
    auto const key = store::signing_key_of(db, account.id);
    if (!is_believed(vault, account) || !is_believed(vault, organisation) ||
        (key && !is_believed(vault, *key)))
        return std::nullopt;
    // Who signs once signs always: a key that is gone, or was ended by hand, frees nobody from signing.
    if (!key && store::registered_a_key(db, account.id)) {
        log::error("signing_key.gone", {{log::Key::account_id, account.id.text()}});
        return std::nullopt;
    }
    domain::Roles roles;
    for (std::string const& name : account.roles)
        if (auto role = domain::from_word<domain::Role>(name)) roles.add(*role);
    std::vector<domain::Granted> granted;
    for (store::GrantRow const& grant : store::grants_in_force(db, account.id, now)) {
        if (!is_believed(vault, grant)) continue;
        roles.add(grant.role);
        granted.push_back({grant.id, grant.role, grant.purpose, {grant.scope, grant.region}});
    }
    return domain::Official{.token = TokenId{Uuid{}},
                            .account = account.id,
                            .organisation = organisation.id,
                            .organisation_uscc = organisation.uscc,
                            .organisation_name = organisation.name,
                            .region_code = organisation.region_code,
                            .roles = roles,
                            .expires_at = now,
                            .grants = std::move(granted),
                            .signing_key = key ? std::optional(key->jwk) : std::nullopt};
}

}  // namespace sponsio::service

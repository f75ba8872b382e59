#include "server/service/parties/token_service.hpp"

#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/reach.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

Json token_view(store::Token const& token) {
    return JsonObject{{"token_id", token.id.text()},
                      {"account_id", token.account.text()},
                      {"created_at", to_rfc3339(token.created_at)},
                      {"expires_at", to_rfc3339(token.expires_at)},
                      {"ended_at", or_null(token.revoked_at)},
                      {"last_used_at", or_null(token.last_used_at)},
                      {"renews", or_null(token.renews)},
                      {"passkey_id", or_null(token.passkey)}};
}

/// Whoever sits before a browser that somebody left is given nothing that outlives its session.
Outcome<void> not_from_a_browser(db::PgSession& db, Official const& who) {
    auto const used = store::token_by_id(db, who.token);
    if (!used || !used->passkey) return {};
    return fault(
        problem::conflict,
        "The session of a browser makes no tokens; use the token itself, or ask an administrator for "
        "an enrolment code.",
        "浏览器会话不能换发令牌，请使用令牌本身办理，或者向管理员申请登记码。");
}

}  // namespace

Outcome<void> may_see_tokens(db::PgSession& db, Vault const& vault, Official const& who, AccountId account) {
    if (account == who.account) return {};
    auto const holder = store::account_by_id(db, account);
    if (!holder || !who.roles.has(domain::Role::administrator)) return fault(problem::not_found);
    return within_reach(db, vault, who, domain::Holding::registry, holder->organisation);
}

void revoke(db::PgSession& db, Vault const& vault, store::Token token, std::optional<AccountId> by,
            Instant now) {
    if (token.revoked_at) return;
    change_proven(db, vault, token, [&](auto& row) { row.revoked_at = now; });
    tell_of_account(db, {token.account, "token_ended", by}, token.id.text(), now);
}

Async<Page> TokenService::tokens(Caller<Official> caller, AccountId account, std::optional<TokenId> before,
                                 int limit) {
    return db_.run(caller.deadline,
                   [this, caller, account, before, limit](db::PgSession& db) -> Outcome<Page> {
                       if (auto may = may_see_tokens(db, vault_, *caller.who, account); !may)
                           return may.error();
                       Page page;
                       for (store::Token const& token : store::tokens_of(db, account, before, limit))
                           page.add(token_view(token), token.id.text());
                       name_people(db, page.items);
                       return page;
                   });
}

Async<Created> TokenService::renew(Caller<Official> caller, RequestOnce once, TokenId token,
                                   TokenDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, token, draft](db::PgSession& session) {
        auto made = create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                if (auto may = not_from_a_browser(db, *caller.who); !may) return may.error();
                Instant const now = clock_.now();
                auto old = store::lock_token(db, token);
                if (!old || old->account != caller.who->account) return fault(problem::not_found);
                if (old->revoked_at || old->expires_at <= now)
                    return fault(problem::conflict, "This token has ended; only one that is good is renewed.",
                                 "该令牌已失效，只能更新有效的令牌。");
                auto const fresh = registry_.issue_token(db, old->account, draft, "token_renewed",
                                                         caller.who->account, token);
                if (!fresh) return fresh.error();
                change_proven(db, vault_, *old, [&](auto& row) {
                    row.expires_at = std::min(row.expires_at, now + token_overlap);
                });
                return Made{.location = "/v1/tokens/" + fresh->row.id.text(),
                            .answer = Registry::view(*fresh),
                            .secret = true};
            });
        if (made) access_.forget(token);  // it ends earlier now
        return made;
    });
}

Async<void> TokenService::end(Caller<Official> caller, TokenId token) {
    return db_.run(caller.deadline, [this, caller, token](db::PgSession& session) -> Outcome<void> {
        auto done = in_transaction(session, [&](db::PgSession& db) -> Outcome<void> {
            auto const row = store::lock_token(db, token);
            if (!row) return fault(problem::not_found);
            if (auto may = may_see_tokens(db, vault_, *caller.who, row->account); !may) return may;
            revoke(db, vault_, *row, caller.who->account, clock_.now());
            return {};
        });
        if (done) access_.forget(token);
        return done;
    });
}

Async<void> TokenService::end_all(Caller<Official> caller, AccountId account) {
    return db_.run(caller.deadline, [this, caller, account](db::PgSession& session) -> Outcome<void> {
        auto done = in_transaction(session, [&](db::PgSession& db) -> Outcome<void> {
            if (auto may = may_see_tokens(db, vault_, *caller.who, account); !may) return may;
            Instant const now = clock_.now();
            for (store::Token const& token : store::lock_good_tokens(db, account, now))
                revoke(db, vault_, token, caller.who->account, now);
            return {};
        });
        if (done) access_.forget(account);
        return done;
    });
}

}  // namespace sponsio::service

#include "server/service/sessions/service.hpp"

#include "server/base/form.hpp"
#include "server/service/parties/token_service.hpp"
#include "server/service/sessions/assertion.hpp"
#include "server/service/sessions/challenge.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/proven_row.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr Form bytes_form{"base64url", "",
                          "bytes in base64url without padding (RFC 4648 §5), as WebAuthn gives them",
                          "不含填充的 base64url（RFC 4648 §5），即 WebAuthn 给出的内容"};
constexpr Form client_data_form{
    "client_data", "",
    "clientDataJSON of this page, over a challenge of this server that is not older than five minutes",
    "本页面的 clientDataJSON，所用挑战由本服务器在五分钟内签发"};
constexpr Form authenticator_form{
    "authenticator_data", "",
    "authenticatorData for this host name, with the person verified, and with an ES256 key when a passkey is "
    "made",
    "针对本站主机名的 authenticatorData，须已验证本人；登记通行密钥时须含 ES256 公钥"};

Bytes read_bytes(domain::Fields& fields, std::string_view name, std::size_t longest) {
    std::string const text = fields.text(name, {.max = longest});
    auto bytes = from_base64url(text);
    if (!bytes) fields.refuse(name, reason::bad_format, bytes_form);
    return bytes ? std::move(*bytes) : Bytes{};
}

/// A host without its port: what a passkey is good for. An IPv6 address keeps its brackets.
std::string host_name(std::string_view host) {
    std::size_t const colon = host.rfind(':');
    bool const has_port = colon != host.npos && host.find(']', colon) == host.npos;
    return std::string(has_port ? host.substr(0, colon) : host);
}

/// What both uses of a passkey have in common: the browser stands on our page and asked with our challenge.
Outcome<ClientData> our_client_data(ByteView bytes, std::string_view type, std::string_view host,
                                    Vault const& vault, Instant now) {
    auto data = ClientData::read(bytes);
    if (!data || data->type != type || data->origin != "https://" + std::string(host) || data->cross_origin ||
        !is_challenge_of_ours(vault, data->challenge, now))
        return bad_field("/client_data", reason::bad_format, client_data_form);
    return std::move(*data);
}

Outcome<AuthenticatorData> our_authenticator_data(ByteView bytes, std::string_view rp_id) {
    auto data = AuthenticatorData::read(bytes);
    if (!data || data->rp_id_hash != crypto::sha256(as_bytes(rp_id)) || !data->present || !data->verified)
        return bad_field("/authenticator_data", reason::bad_format, authenticator_form);
    return std::move(*data);
}

crypto::PublicKey key_of(store::Passkey const& passkey) {
    return crypto::PublicKey::from_jwk(json::parse(passkey.jwk).value()).value();
}

/// One answer, so that nobody learns which passkeys there are.
Fault not_signed_in() {
    return fault(
        problem::unauthenticated,
        "This passkey is not enrolled here, or has ended; ask an administrator for an enrolment code.",
        "该通行密钥未在此登记或者已停用，请向管理员申请登记码。");
}

/// A counter that does not rise: two devices have the same key (WebAuthn Level 2 §7.2 step 21).
bool is_copied(store::Passkey const& passkey, AuthenticatorData const& data) {
    return (passkey.sign_count != 0 || data.sign_count != 0) &&
           std::int64_t{data.sign_count} <= passkey.sign_count;
}

Json view_of(store::Passkey const& passkey) {
    return JsonObject{{"passkey_id", passkey.id.text()},
                      {"account_id", passkey.account.text()},
                      {"name", passkey.name},
                      {"rp_id", passkey.rp_id},
                      {"made_at", to_rfc3339(passkey.made_at)},
                      {"last_used_at", or_null(passkey.last_used_at)},
                      {"ended_at", or_null(passkey.ended_at)}};
}

}  // namespace

PasskeyDraft PasskeyDraft::read(domain::Fields& fields) {
    return {fields.text("code", {.max = 64}), fields.text("name", {.max = 100}),
            read_bytes(fields, "client_data", 4000), read_bytes(fields, "authenticator_data", 4000)};
}

SignInDraft SignInDraft::read(domain::Fields& fields) {
    return {fields.text("credential_id", {.max = 1364}), read_bytes(fields, "client_data", 4000),
            read_bytes(fields, "authenticator_data", 4000), read_bytes(fields, "signature", 200)};
}

Json SessionService::challenge(std::string_view host) const {
    Instant const now = clock_.now();
    return JsonObject{{"challenge", make_challenge(vault_, now)},
                      {"rp_id", host_name(host)},
                      {"expires_at", to_rfc3339(now + challenge_life)}};
}

Outcome<OpenedSession> SessionService::open(db::PgSession& db, store::Passkey const& passkey,
                                            std::string challenge) const {
    auto const issued = registry_.open_session(db, passkey, std::move(challenge));
    if (!issued) return issued.error();
    return OpenedSession{JsonObject{{"token_id", issued->row.id.text()},
                                    {"account_id", passkey.account.text()},
                                    {"passkey_id", passkey.id.text()},
                                    {"expires_at", to_rfc3339(issued->row.expires_at)}},
                         issued->text};
}

Async<OpenedSession> SessionService::enrol(PasskeyDraft draft, std::string host, Deadline deadline) {
    return db_.run(deadline, [this, draft, host](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<OpenedSession> {
            Instant const now = clock_.now();
            auto const client = our_client_data(draft.client_data, "webauthn.create", host, vault_, now);
            if (!client) return client.error();
            auto const data = our_authenticator_data(draft.authenticator_data, host_name(host));
            if (!data) return data.error();
            if (!data->key) return bad_field("/authenticator_data", reason::bad_format, authenticator_form);
            auto const enrolment = registry_.enrolment_of(db, draft.code);
            if (!enrolment) return enrolment.error();
            store::Passkey const passkey{new_id<PasskeyId>(now),
                                         enrolment->account,
                                         data->credential,
                                         host_name(host),
                                         json::canonical(data->key->to_jwk()),
                                         draft.name,
                                         data->sign_count,
                                         now};
            if (!insert_proven(db, vault_, passkey))
                return bad_field("/authenticator_data", reason::not_unique);
            tell_of_account(db, {passkey.account, "passkey_enrolled", passkey.account}, passkey.id.text(),
                            now);
            auto opened = open(db, passkey, client->challenge);
            if (opened)
                registry_.spend(db, *enrolment,
                                TokenId::parse(opened->view.at("token_id").as_string()).value());
            return opened;
        });
    });
}

Async<OpenedSession> SessionService::sign_in(SignInDraft draft, std::string host, Deadline deadline) {
    return db_.run(deadline, [this, draft, host](db::PgSession& session) {
        std::string subject = "unknown passkey";
        std::optional<OrganisationId> unit;
        auto opened = in_transaction(session, [&](db::PgSession& db) -> Outcome<OpenedSession> {
            Instant const now = clock_.now();
            auto const client = our_client_data(draft.client_data, "webauthn.get", host, vault_, now);
            if (!client) return client.error();
            auto const data = our_authenticator_data(draft.authenticator_data, host_name(host));
            if (!data) return data.error();
            auto passkey = store::lock_passkey(db, draft.credential);
            if (!passkey || !is_proven(vault_, *passkey)) return not_signed_in();
            auto const account = store::account_by_id(db, passkey->account);
            subject = passkey->account.text();
            unit = account->organisation;
            if (passkey->ended_at || passkey->rp_id != host_name(host) || account->closed_at ||
                !signed_by(key_of(*passkey), draft.authenticator_data, draft.client_data, draft.signature) ||
                is_copied(*passkey, *data))
                return not_signed_in();
            change_proven(db, vault_, *passkey, [&](auto& row) {
                row.sign_count = data->sign_count;
                row.last_used_at = now;
            });
            return open(db, *passkey, client->challenge);
        });
        if (!opened && opened.error().problem == &problem::unauthenticated)
            access_.tell_refused(session, subject, "passkey", unit);
        return opened;
    });
}

Async<Page> SessionService::passkeys(Caller<Official> caller, AccountId account,
                                     std::optional<PasskeyId> before, int limit) {
    return db_.run(caller.deadline,
                   [this, caller, account, before, limit](db::PgSession& db) -> Outcome<Page> {
                       if (auto may = may_see_tokens(db, vault_, *caller.who, account); !may)
                           return may.error();
                       Page page;
                       for (store::Passkey const& passkey : store::passkeys_of(db, account, before, limit))
                           page.add(view_of(passkey), passkey.id.text());
                       return page;
                   });
}

Async<void> SessionService::end(Caller<Official> caller, PasskeyId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<void> {
        std::optional<AccountId> whose;
        auto done = in_transaction(session, [&](db::PgSession& db) -> Outcome<void> {
            auto passkey = store::lock_passkey(db, id);
            if (!passkey) return fault(problem::not_found);
            if (auto may = may_see_tokens(db, vault_, *caller.who, passkey->account); !may) return may;
            whose = passkey->account;
            if (passkey->ended_at) return {};
            Instant const now = clock_.now();
            tell_of_account(db, {passkey->account, "passkey_ended", caller.who->account}, id.text(), now);
            change_proven(db, vault_, *passkey, [&](auto& row) { row.ended_at = now; });
            for (store::Token const& token : store::lock_opened_by(db, id, now))
                revoke(db, vault_, token, caller.who->account, now);
            return {};
        });
        if (done) access_.forget(*whose);
        return done;
    });
}

}  // namespace sponsio::service

#include "server/service/parties/enrolment_service.hpp"

#include "server/base/form.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/reach.hpp"

namespace sponsio::service {

namespace {

std::optional<crypto::PublicKey> read_key(domain::Fields& fields) {
    std::optional<crypto::PublicKey> key;
    fields.optional_object("key", [&](domain::Fields& part) {
        domain::JsonObject jwk;
        for (char const* name : {"kty", "crv", "x", "y"}) jwk.add(name, part.text(name, {.max = 64}));
        if (auto good = read_signing_key(std::move(jwk), "/key"))
            key = std::move(*good);
        else
            part.refuse("", reason::bad_format, signing_key_form);
    });
    return key;
}

}  // namespace

EnrolmentCode EnrolmentCode::read(domain::Fields& fields) {
    return {fields.text("code", {.max = 64}), TokenDraft::read(fields), read_key(fields)};
}

Async<Created> EnrolmentService::enrol(Caller<Official> caller, RequestOnce once, AccountId account) {
    return db_.run(caller.deadline, [this, caller, once, account](db::PgSession& session) {
        return create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto const holder = store::account_by_id(db, account);
                if (!holder ||
                    !reaches(db, vault_, *caller.who, domain::Holding::registry, holder->organisation))
                    return fault(problem::not_found);
                auto const code = registry_.enrol(db, account, caller.who->account);
                if (!code) return code.error();
                return Made{.location = "/v1/accounts/" + account.text(),
                            .answer = Registry::view(*code),
                            .secret = true};
            });
    });
}

/// In place of the one that the account had.
void EnrolmentService::keep_key(db::PgSession& db, AccountId account, crypto::PublicKey const& key) const {
    Instant const now = clock_.now();
    for (store::SigningKey& earlier : store::lock_keys_in_force(db, account))
        change_proven(db, vault_, earlier, [&](auto& row) { row.ended_at = now; });
    insert_proven(db, vault_,
                  store::SigningKey{account, key.thumbprint(), json::canonical(key.to_jwk()), now});
    tell_of_account(db, {account, "key_registered", account}, key.thumbprint(), now);
}

Async<Created> EnrolmentService::redeem(EnrolmentCode code, Deadline deadline) {
    return db_.run(deadline, [this, code](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<Created> {
            auto const token = registry_.redeem(db, code.code, code.token);
            if (!token) return token.error();
            if (code.key) keep_key(db, token->row.account, *code.key);
            return Created{json::write(Registry::view(*token)), "/v1/tokens/" + token->row.id.text(), false};
        });
    });
}

}  // namespace sponsio::service

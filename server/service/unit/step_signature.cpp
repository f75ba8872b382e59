#include "server/service/unit/step_signature.hpp"

#include "crypto/random.hpp"
#include "server/base/form.hpp"
#include "server/base/internal.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr Reason bad_signature{"bad_signature", "is not a signature of this step by the key of this account",
                               "不是该账号密钥对本环节的签名"};
constexpr Reason expired{"expired", "was made too long ago or lies in the future",
                         "签名时间与当前时间相差过大"};

Fault refused(Reason const& why) {
    return bad_field("/signature", why, step_signature_form);
}

std::string_view alg_of(crypto::Algorithm algorithm) {
    return algorithm == crypto::Algorithm::sm2 ? "SM2" : "ES256";
}

/// The header of RFC 7515, if it says what it must and no more.
Outcome<void> check_header(std::string_view encoded, crypto::PublicKey const& key, Instant now) {
    auto const bytes = from_base64url(encoded);
    if (!bytes) return refused(bad_signature);
    auto const header = domain::parse_json(to_string(*bytes));
    JsonObject const* members = header ? header->if_object() : nullptr;
    if (!members || members->size() != 3) return refused(bad_signature);
    Json const *alg = members->find("alg"), *kid = members->find("kid"), *iat = members->find("iat");
    if (!alg || !kid || !iat || !alg->is_string() || !kid->is_string() || !iat->if_int())
        return refused(bad_signature);
    if (alg->as_string() != alg_of(key.algorithm()) || kid->as_string() != key.thumbprint())
        return refused(bad_signature);
    Instant const made{std::chrono::seconds{*iat->if_int()}};
    if (made > now + signature_age || made < now - signature_age) return refused(expired);
    return {};
}

}  // namespace

std::string SignedStep::statement(AccountId by) const {
    return json::canonical(
        JsonObject{{"account", by.text()}, {"body", body}, {"method", "POST"}, {"path", path}});
}

Outcome<crypto::PublicKey> read_signing_key(Json const& jwk, std::string const& pointer) {
    auto key = crypto::PublicKey::from_jwk(jwk);
    if (!key || key->algorithm() == crypto::Algorithm::ed25519)
        return bad_field(pointer, reason::bad_format, signing_key_form);
    return std::move(*key);
}

Outcome<store::StepSignature> check_signature(domain::Official const& who, SignedStep const& step,
                                              std::string const& jws, Vault const& vault, Instant now) {
    auto const jwk = domain::parse_json(who.signing_key.value());
    if (!jwk) return internal("stored signing key");
    auto const key = read_signing_key(*jwk, "");
    if (!key) return internal("stored signing key");
    auto const split = jws.find("..");
    if (split == std::string::npos) return refused(bad_signature);
    std::string_view const header = std::string_view(jws).substr(0, split);
    if (auto good = check_header(header, *key, now); !good) return good.error();
    auto const signature = from_base64url(std::string_view(jws).substr(split + 2));
    std::string const statement = step.statement(who.account);
    std::string const input = std::string(header) + "." + to_base64url(as_bytes(statement));
    if (!signature || !key->verify(as_bytes(input), *signature)) return refused(bad_signature);
    store::StepSignatureId const id{Uuid::v7(now, crypto::system_entropy().array<10>())};
    return store::StepSignature{.id = id,
                                .account = who.account,
                                .kid = key->thumbprint(),
                                .path = step.path,
                                .at = now,
                                .jws = jws,
                                .statement = vault.seal(statement, store::statement_label(id))};
}

}  // namespace sponsio::service

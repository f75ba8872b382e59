#include "crypto/keys/jwks.hpp"

#include <algorithm>

namespace sponsio::crypto {
namespace {

using Time = std::chrono::sys_seconds;

Error refuse(char const* message, std::string where) {
    return {.code = bad_key_set, .message = message, .where = std::move(where)};
}

std::int64_t seconds_of(Time at) {
    return at.time_since_epoch().count();
}

/// A NumericDate in whole seconds, if it is there.
Result<std::optional<Time>> time_member(json::Value const& jwk, std::string_view name,
                                        std::string const& where) {
    json::Value const* const member = jwk.find(name);
    if (!member) return std::optional<Time>();
    if (!member->is_int())
        return refuse("A time is a whole number of seconds.", json::pointer_step(where, name));
    return std::optional(Time(std::chrono::seconds(member->as_int())));
}

/// Whether the set's owner offers the key for verifying signatures of a supported kind.
bool is_for_us(json::Value const& jwk) {
    json::Value const* const kty = jwk.find("kty");
    json::Value const* const crv = jwk.find("crv");
    json::Value const* const use = jwk.find("use");
    if (!kty || !crv || (use && *use != json::Value("sig"))) return false;
    return (*kty == json::Value("EC") && *crv == json::Value("P-256")) ||
           (*kty == json::Value("OKP") && *crv == json::Value("Ed25519"));
}

bool is_secret(json::Value const& jwk) {
    return jwk.find("d") || jwk.find("k");
}

Result<PublishedKey> read_key(json::Value const& jwk, std::string const& where) {
    json::Value const* const kid = jwk.find("kid");
    if (!kid || !kid->is_string() || kid->as_string().empty())
        return refuse("A key of a set has a kid.", json::pointer_step(where, "kid"));
    auto key = PublicKey::from_jwk(jwk);
    if (!key) {
        Error error = key.error();
        error.where = where + error.where;
        return error;
    }
    auto const not_before = time_member(jwk, "nbf", where);
    if (!not_before) return not_before.error();
    auto const retired_at = time_member(jwk, "exp", where);
    if (!retired_at) return retired_at.error();
    return PublishedKey{kid->as_string(), std::move(*key), *not_before, *retired_at};
}

}  // namespace

bool PublishedKey::signed_at(Time at) const noexcept {
    return (!not_before || at >= *not_before) && (!retired_at || at < *retired_at);
}

Jwks::Jwks(std::vector<PublishedKey> keys) : keys_(std::move(keys)) {}

Result<Jwks> Jwks::parse(std::string_view text) {
    auto const document = json::parse(text);
    if (!document) return document.error();
    json::Value const* const list = document->find("keys");
    if (!list || !list->is_array()) return refuse("A key set has an array of keys.", "/keys");
    Jwks set;
    for (std::size_t i = 0; i != list->as_array().size(); ++i) {
        json::Value const& jwk = list->at(i);
        std::string const where = "/keys/" + std::to_string(i);
        if (!jwk.is_object()) return refuse("A key is an object.", where);
        if (is_secret(jwk)) return refuse("The set holds a private or secret key.", where);
        if (!is_for_us(jwk)) continue;
        auto key = read_key(jwk, where);
        if (!key) return key.error();
        if (set.find(key->kid)) return refuse("Two keys have one kid.", where + "/kid");
        set.keys_.push_back(*std::move(key));
    }
    return set;
}

json::Object Jwks::to_json() const {
    json::Array list;
    for (PublishedKey const& k : keys_) {
        if (k.key.algorithm() == Algorithm::sm2) continue;
        json::Object jwk = k.key.to_jwk();
        jwk.add("kid", k.kid).add("alg", jose_name(k.key.algorithm())).add("use", "sig");
        if (k.not_before) jwk.add("nbf", seconds_of(*k.not_before));
        if (k.retired_at) jwk.add("exp", seconds_of(*k.retired_at));
        list.emplace_back(std::move(jwk));
    }
    return json::Object{{"keys", std::move(list)}};
}

PublishedKey const* Jwks::find(std::string_view kid) const noexcept {
    auto const found = std::ranges::find(keys_, kid, &PublishedKey::kid);
    return found == keys_.end() ? nullptr : &*found;
}

KeyResolver Jwks::resolver() const {
    return [set = *this](std::string_view kid) -> std::optional<PublicKey> {
        PublishedKey const* const found = set.find(kid);
        if (!found) return std::nullopt;
        return found->key;
    };
}

std::string_view jose_name(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::es256: return "ES256";
        case Algorithm::ed25519: return "EdDSA";
        case Algorithm::sm2: break;
    }
    throw Failure("JOSE has no algorithm for SM2");
}

}  // namespace sponsio::crypto

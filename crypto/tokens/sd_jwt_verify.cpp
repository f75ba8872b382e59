#include "crypto/tokens/sd_jwt.hpp"
#include "crypto/tokens/sd_jwt_disclosure.hpp"

#include <algorithm>

namespace sponsio::crypto {
namespace {

using Time = std::chrono::sys_seconds;

Error refuse(std::string_view code, char const* message, std::string where = {}) {
    return {.code = code, .message = message, .where = std::move(where)};
}

/// A NumericDate in whole seconds, if it is there.
Result<std::optional<Time>> time_claim(json::Object const& payload, std::string_view name) {
    json::Value const* const claim = payload.find(name);
    if (!claim) return std::optional<Time>();
    if (!claim->is_int())
        return refuse(sd_error::bad_claim, "A time is a whole number of seconds.",
                      json::pointer_step("", name));
    return std::optional(Time(std::chrono::seconds(claim->as_int())));
}

Result<void> check_times(json::Object const& payload, Time now, std::chrono::seconds leeway) {
    auto const expires = time_claim(payload, "exp");
    if (!expires) return expires.error();
    if (*expires && now - leeway >= **expires)
        return refuse(sd_error::expired, "The token has expired.", "/exp");
    for (std::string_view const name : {"nbf", "iat"}) {
        auto const starts = time_claim(payload, name);
        if (!starts) return starts.error();
        if (*starts && now + leeway < **starts)
            return refuse(sd_error::not_yet_valid, "The token is not valid yet.",
                          json::pointer_step("", name));
    }
    return {};
}

Result<void> check_audience(json::Object const& payload, std::string const& audience) {
    json::Value const* const named = payload.find("aud");
    if (!named) return {};
    json::Array const* const several = named->if_array();
    bool const ours = several ? std::ranges::find(*several, json::Value(audience)) != several->end()
                              : *named == json::Value(audience);
    if (!ours || audience.empty())
        return refuse(sd_error::wrong_audience, "The token is meant for someone else.", "/aud");
    return {};
}

/// The claims that make a token an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc §3.2.2.1).
Result<void> check_credential(json::Object const& payload) {
    json::Value const* const vct = payload.find("vct");
    if (!vct || !vct->is_string() || vct->as_string().empty())
        return refuse(sd_error::bad_claim, "The credential names no type.", "/vct");
    return {};
}

Result<json::Object> payload_object(ByteView text, json::Limits const& limits) {
    auto parsed = json::parse(as_text(text), limits);
    if (!parsed) return parsed.error();
    if (!parsed->is_object()) return refuse(sd_error::bad_claim, "The payload is not an object.");
    return std::move(parsed->as_object());
}

Result<PublicKey> holder_key(json::Object const& payload) {
    json::Value const* const cnf = payload.find("cnf");
    json::Value const* const jwk = cnf ? cnf->find("jwk") : nullptr;
    if (!jwk) return refuse(sd_error::key_binding, "The token names no key of its holder.", "/cnf/jwk");
    return PublicKey::from_jwk(*jwk);
}

bool says(json::Object const& payload, std::string_view name, std::string_view wanted) {
    json::Value const* const claim = payload.find(name);
    return claim && claim->is_string() && claim->as_string() == wanted;
}

/// RFC 9901 §7.3 step 5.
Result<void> check_binding(SdJwt const& token, json::Object const& payload, KeyBindingPolicy const& policy,
                           SdJwtPolicy const& outer) {
    auto const bad = [](char const* message, std::string where = {}) {
        return refuse(sd_error::key_binding, message, std::move(where));
    };
    if (!token.key_binding)
        return refuse(sd_error::key_binding_missing, "The presentation has no key binding.");
    auto const key = holder_key(payload);
    if (!key) return key.error();
    auto const resolve = [&key](std::string_view) { return std::optional(*key); };
    auto const verified = jws_verify(
        *token.key_binding, resolve,
        JwsPolicy{
            .typ = "kb+jwt", .es256 = outer.jws.es256, .ed25519 = outer.jws.ed25519, .kid_required = false});
    if (!verified) return verified.error();
    auto const claims = payload_object(verified->payload, outer.limits);
    if (!claims) return claims.error();

    auto const made = time_claim(*claims, "iat");
    if (!made) return made.error();
    if (!*made || **made < policy.now - policy.max_age || **made > policy.now + outer.leeway)
        return bad("The key binding is not of now.", "/iat");
    if (!says(*claims, "aud", policy.audience)) return bad("The key binding is for someone else.", "/aud");
    if (!says(*claims, "nonce", policy.nonce))
        return bad("The key binding answers another question.", "/nonce");
    if (!says(*claims, "sd_hash", disclosure::digest_of(token.text())))
        return bad("The key binding is of another presentation.", "/sd_hash");
    return {};
}

/// Unpacks without verifying the signature: for the holder, who chooses the claims to show.
Result<disclosure::Unpacked> unpack_unverified(SdJwt const& token) {
    auto const jws = jws_parse(token.jwt);
    if (!jws) return jws.error();
    auto payload = payload_object(jws->payload, {});
    if (!payload) return payload.error();
    return disclosure::unpack(*std::move(payload), token.disclosures, {});
}

/// Whether the claim at `inner` is the one at `outer` or lies inside it.
bool lies_in(std::string_view inner, std::string_view outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

}  // namespace

std::string SdJwt::text() const {
    std::string out = jwt + '~';
    for (std::string const& d : disclosures) {
        out += d;
        out += '~';
    }
    return out;
}

Result<SdJwt> sd_jwt_parse(std::string_view token) {
    auto end = token.find('~');
    if (end == std::string_view::npos) return refuse(sd_error::malformed, "An SD-JWT has a ~ after the JWT.");
    SdJwt out;
    out.jwt = token.substr(0, end);
    for (;;) {
        token.remove_prefix(end + 1);
        end = token.find('~');
        if (end == std::string_view::npos) break;
        if (end == 0) return refuse(sd_error::malformed, "A disclosure is empty.");
        out.disclosures.emplace_back(token.substr(0, end));
    }
    if (!token.empty()) out.key_binding = std::string(token);
    return out;
}

Result<VerifiedSdJwt> sd_jwt_verify(std::string_view token, KeyResolver const& keys,
                                    SdJwtPolicy const& policy) {
    if (token.size() > policy.limits.max_bytes)
        return refuse(json::error::too_large, "The token is too large.");
    auto const parsed = sd_jwt_parse(token);
    if (!parsed) return parsed.error();
    auto jws = jws_verify(parsed->jwt, keys, policy.jws);
    if (!jws) return jws.error();
    auto payload = payload_object(jws->payload, policy.limits);
    if (!payload) return payload.error();
    auto unpacked = disclosure::unpack(*std::move(payload), parsed->disclosures, policy.limits);
    if (!unpacked) return unpacked.error();

    if (policy.jws.typ == sd_jwt_vc_type)
        if (auto const good = check_credential(unpacked->payload); !good) return good.error();
    if (auto const good = check_audience(unpacked->payload, policy.audience); !good) return good.error();
    if (policy.now)
        if (auto const good = check_times(unpacked->payload, *policy.now, policy.leeway); !good)
            return good.error();
    if (policy.key_binding)
        if (auto const good = check_binding(*parsed, unpacked->payload, *policy.key_binding, policy); !good)
            return good.error();

    VerifiedSdJwt out{
        std::move(jws->header), std::move(unpacked->payload), {}, policy.key_binding.has_value()};
    for (disclosure::Placed& p : unpacked->placed) out.disclosed.push_back(std::move(p.pointer));
    return out;
}

Result<std::string> sd_jwt_present(std::string_view token, std::vector<std::string> const& pointers) {
    auto parsed = sd_jwt_parse(token);
    if (!parsed) return parsed.error();
    auto const unpacked = unpack_unverified(*parsed);
    if (!unpacked) return unpacked.error();
    json::Value const payload = unpacked->payload;
    std::vector<bool> wanted(parsed->disclosures.size());
    for (std::string const& pointer : pointers) {
        if (!payload.at_pointer(pointer))
            return refuse(sd_error::no_such_claim, "There is no such claim.", pointer);
        for (disclosure::Placed const& p : unpacked->placed)
            if (lies_in(pointer, p.pointer)) wanted[p.disclosure] = true;
    }
    SdJwt shown{std::move(parsed->jwt), {}, {}};
    for (std::size_t i = 0; i != wanted.size(); ++i)
        if (wanted[i]) shown.disclosures.push_back(std::move(parsed->disclosures[i]));
    return shown.text();
}

Result<std::vector<std::string>> sd_jwt_disclosable(std::string_view token) {
    auto const parsed = sd_jwt_parse(token);
    if (!parsed) return parsed.error();
    auto unpacked = unpack_unverified(*parsed);
    if (!unpacked) return unpacked.error();
    std::vector<std::string> out;
    for (disclosure::Placed& p : unpacked->placed) out.push_back(std::move(p.pointer));
    return out;
}

}  // namespace sponsio::crypto

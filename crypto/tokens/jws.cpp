#include "crypto/tokens/jws.hpp"

#include "crypto/keys/signer.hpp"

#include <algorithm>

namespace sponsio::crypto {
namespace {

/// Headers are small; whatever is larger is an attack.
constexpr json::Limits header_limits{.max_bytes = 16'384, .max_values = 200, .max_depth = 8};

Error refuse(std::string_view code, char const* message, std::string where = {}) {
    return {.code = code, .message = message, .where = std::move(where)};
}

std::string lower_media_type(std::string_view typ) {
    std::string out(typ);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    constexpr std::string_view prefix = "application/";
    if (out.starts_with(prefix) && out.find('/', prefix.size()) == std::string::npos)
        out.erase(0, prefix.size());
    return out;
}

/// The string member of a header; null when it is missing or no string.
std::string const* text_member(json::Object const& header, std::string_view name) {
    json::Value const* const member = header.find(name);
    return member ? member->if_string() : nullptr;
}

std::optional<Algorithm> allowed_algorithm(std::string_view alg, JwsPolicy const& policy) {
    if (alg == "ES256" && policy.es256) return Algorithm::es256;
    if ((alg == "EdDSA" || alg == "Ed25519") && policy.ed25519) return Algorithm::ed25519;
    return std::nullopt;
}

Result<void> check_members(json::Object const& header, JwsPolicy const& policy) {
    for (json::Member const& m : header) {
        if (m.key == "alg" || m.key == "kid" || m.key == "typ") continue;
        if (m.key != "crit" && std::ranges::find(policy.other_members, m.key) != policy.other_members.end())
            continue;
        return refuse(jws_error::unexpected_header, "This header member is not taken here.",
                      json::pointer_step("", m.key));
    }
    return {};
}

Result<void> check_type(json::Object const& header, JwsPolicy const& policy) {
    if (policy.typ.empty()) return {};
    std::string const* const typ = text_member(header, "typ");
    if (!typ || lower_media_type(*typ) != lower_media_type(policy.typ))
        return refuse(jws_error::wrong_type, "The token is of another type.", "/typ");
    return {};
}

}  // namespace

std::string jws_signing_input(std::string_view typ, Algorithm algorithm, std::string_view kid,
                              std::string_view payload, json::Object const& extra) {
    json::Object header{{"alg", jose_name(algorithm)}, {"kid", kid}, {"typ", typ}};
    for (json::Member const& m : extra) header.add(m.key, m.value);
    return to_base64url(as_bytes(json::write(std::move(header)))) + '.' + to_base64url(as_bytes(payload));
}

std::string jws_attach(std::string signing_input, Signer const& signer) {
    std::string const signature = to_base64url(signer.sign(as_bytes(signing_input)));
    signing_input += '.';
    signing_input += signature;
    return signing_input;
}

std::string jws_sign(std::string_view typ, std::string_view payload, Signer const& signer,
                     json::Object const& extra) {
    return jws_attach(jws_signing_input(typ, signer.algorithm(), signer.kid(), payload, extra), signer);
}

Result<Jws> jws_parse(std::string_view token) {
    auto const first = token.find('.');
    auto const second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return refuse(jws_error::malformed, "A compact JWS has three parts.");
    auto const header_text = from_base64url(token.substr(0, first));
    auto payload = from_base64url(token.substr(first + 1, second - first - 1));
    auto signature = from_base64url(token.substr(second + 1));
    if (!header_text || !payload || !signature)
        return refuse(jws_error::malformed, "A part is not strict base64url.");
    auto header = json::parse(as_text(*header_text), header_limits);
    if (!header) return header.error();
    if (!header->is_object()) return refuse(jws_error::bad_header, "The header is not an object.");
    return Jws{std::move(header->as_object()), std::move(*payload), std::string(token.substr(0, second)),
               std::move(*signature)};
}

Result<Jws> jws_verify(std::string_view token, KeyResolver const& keys, JwsPolicy const& policy) {
    auto parsed = jws_parse(token);
    if (!parsed) return parsed;
    json::Object const& header = parsed->header;
    if (auto const members = check_members(header, policy); !members) return members.error();
    if (auto const type = check_type(header, policy); !type) return type.error();

    std::string const* const alg = text_member(header, "alg");
    if (!alg) return refuse(jws_error::bad_header, "The header names no algorithm.", "/alg");
    auto const algorithm = allowed_algorithm(*alg, policy);
    if (!algorithm) return refuse(jws_error::algorithm, "This algorithm is not taken here.", "/alg");

    std::string const* const kid = text_member(header, "kid");
    if (!kid && (policy.kid_required || header.contains("kid")))
        return refuse(jws_error::bad_header, "The header names no key.", "/kid");
    auto const key = keys(kid ? std::string_view(*kid) : std::string_view());
    if (!key) return refuse(jws_error::unknown_key, "The key is not known.", "/kid");
    if (key->algorithm() != *algorithm)
        return refuse(jws_error::algorithm, "The algorithm does not fit the key.", "/alg");
    if (!key->verify(as_bytes(parsed->signing_input), parsed->signature))
        return refuse(jws_error::bad_signature, "The signature is wrong.");
    return parsed;
}

}  // namespace sponsio::crypto

#pragma once

#include "crypto/keys/jwks.hpp"
#include "text/json.hpp"

#include <string>
#include <string_view>
#include <vector>

/// JSON Web Signature in compact form (RFC 7515) with ES256 (RFC 7518) and Ed25519 (RFC 8037).
namespace sponsio::crypto {

class Signer;

/// The codes of JWS errors, in Error::code; those of json::error may come from header or payload too.
namespace jws_error {
inline constexpr std::string_view malformed = "malformed_jws";  ///< not three strict base64url parts
inline constexpr std::string_view bad_header = "bad_header";    ///< a member is missing or has a wrong form
inline constexpr std::string_view unexpected_header = "unexpected_header";  ///< `crit` and all not allowed
inline constexpr std::string_view wrong_type = "wrong_typ";
inline constexpr std::string_view algorithm = "algorithm_not_allowed";  ///< also: does not fit the key
inline constexpr std::string_view unknown_key = "unknown_key";
inline constexpr std::string_view bad_signature = "bad_signature";
}  // namespace jws_error

/// The protected header {"alg","kid","typ"} and then `extra`, and the payload: what is signed. To be stored
/// before it is signed.
std::string jws_signing_input(std::string_view typ, Algorithm algorithm, std::string_view kid,
                              std::string_view payload, json::Object const& extra = {});
/// Appends the signature over a signing input.
std::string jws_attach(std::string signing_input, Signer const& signer);
/// Signs in one call. Throws Failure for an SM2 signer.
std::string jws_sign(std::string_view typ, std::string_view payload, Signer const& signer,
                     json::Object const& extra = {});

/// A compact JWS taken apart; nothing is verified yet.
struct Jws {
    json::Object header;
    Bytes payload;
    std::string signing_input;
    Bytes signature;
};

struct JwsPolicy {
    /// The one `typ` that is accepted (case is ignored, and so is an "application/" prefix: RFC 7515 §4.1.9).
    /// Empty: any, or none.
    std::string typ;
    /// Header members allowed beside alg, kid and typ. `crit` is always refused.
    std::vector<std::string> other_members = {};
    bool es256 = true;
    bool ed25519 = true;  ///< named "EdDSA" or, by RFC 9864, "Ed25519"
    bool kid_required = true;
};

Result<Jws> jws_parse(std::string_view token);
/// Parses, checks the header, verifies the signature. Without kid_required and kid the resolver gets "".
Result<Jws> jws_verify(std::string_view token, KeyResolver const& keys, JwsPolicy const& policy);

}  // namespace sponsio::crypto

#pragma once

#include "crypto/random.hpp"
#include "crypto/tokens/jws.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// SD-JWT (RFC 9901) with SHA-256, in the SD-JWT VC form where asked for: one signature over a payload of
/// which the holder of the token can leave out every claim that was made selectively disclosable.
namespace sponsio::crypto {

/// The codes of SD-JWT errors, in Error::code; those of jws_error and json::error may come too.
namespace sd_error {
inline constexpr std::string_view malformed = "malformed_sd_jwt";
inline constexpr std::string_view bad_claim = "bad_claim";  ///< a claim has a wrong form, or a reserved name
inline constexpr std::string_view not_disclosable =
    "not_disclosable";                                              ///< must be in clear: iss, exp, vct, ...
inline constexpr std::string_view no_such_claim = "no_such_claim";  ///< a pointer leads nowhere
inline constexpr std::string_view hash_algorithm = "hash_algorithm";  ///< `_sd_alg` other than sha-256
inline constexpr std::string_view bad_disclosure = "bad_disclosure";  ///< not base64url of an array of 2 or 3
inline constexpr std::string_view duplicate_disclosure = "duplicate_disclosure";
inline constexpr std::string_view duplicate_digest = "duplicate_digest";
inline constexpr std::string_view unreferenced_disclosure = "unreferenced_disclosure";
inline constexpr std::string_view wrong_place = "disclosure_in_wrong_place";  ///< array/object mix-up
inline constexpr std::string_view claim_collision = "claim_collision";
inline constexpr std::string_view not_yet_valid = "not_yet_valid";
inline constexpr std::string_view expired = "expired";
inline constexpr std::string_view wrong_audience = "wrong_audience";
inline constexpr std::string_view key_binding_missing = "key_binding_missing";
inline constexpr std::string_view key_binding = "bad_key_binding";
}  // namespace sd_error

inline constexpr std::string_view sd_jwt_vc_type = "dc+sd-jwt";  ///< draft-ietf-oauth-sd-jwt-vc §3.2.1

/// The number of digests without a claim, so that the count of digests reveals nothing (RFC 9901 §4.2.7).
struct Decoys {
    std::string pointer;  ///< of an object or an array of the payload; "" is the payload itself
    std::size_t count = 0;
};

struct SdJwtPlan {
    /// RFC 6901 pointers into the payload: members and array elements that become selectively disclosable.
    /// They may nest: "/address" and "/address/street".
    std::vector<std::string> disclosable;
    std::vector<Decoys> decoys = {};
};

/// The payload to be signed and its disclosures: to be stored and checked before it is signed.
struct SdJwtDraft {
    std::string payload;                   ///< canonical JSON with digests in place of the claims
    std::vector<std::string> disclosures;  ///< base64url, parents before children
};

/// Puts digests in place of the claims. The order of digests leaks nothing: they are sorted; decoys among
/// array elements are put at the end. Claims that an SD-JWT VC keeps in clear (iss, nbf, exp, cnf, vct,
/// vct#integrity, status) are refused as disclosable at the top level.
Result<SdJwtDraft> sd_jwt_prepare(json::Value payload, SdJwtPlan const& plan,
                                  Entropy& entropy = system_entropy());
/// <issuer-signed JWT>~<disclosure>~...~<disclosure>~
std::string sd_jwt_sign(SdJwtDraft const& draft, Signer const& signer, std::string_view typ = sd_jwt_vc_type,
                        json::Object const& extra_header = {});

/// A token taken apart; nothing is verified yet.
struct SdJwt {
    std::string jwt;
    std::vector<std::string> disclosures;
    std::optional<std::string> key_binding;

    /// The parts joined again, without the key binding.
    [[nodiscard]] std::string text() const;
};

Result<SdJwt> sd_jwt_parse(std::string_view token);

/// The required content of a presentation's key binding (RFC 9901 §7.3).
struct KeyBindingPolicy {
    std::string audience;
    std::string nonce;
    std::chrono::sys_seconds now;
    std::chrono::seconds max_age{300};
};

struct SdJwtPolicy {
    JwsPolicy jws{.typ = std::string(sd_jwt_vc_type)};
    /// When given, exp, nbf and iat must allow this moment.
    std::optional<std::chrono::sys_seconds> now = {};
    std::chrono::seconds leeway{60};
    /// The verifier's own name. A token with an audience is refused unless this is in it (RFC 7519 §4.1.3).
    std::string audience = {};
    /// When given, a key binding is required. Otherwise a key binding is ignored.
    std::optional<KeyBindingPolicy> key_binding = {};
    json::Limits limits{.max_bytes = std::size_t{1} << 20};  ///< of the token and of each part
};

struct VerifiedSdJwt {
    json::Object header;
    json::Object payload;  ///< processed: disclosed claims in their places, no `_sd`, no `_sd_alg`, no `...`
    std::vector<std::string> disclosed;  ///< pointers into payload of what came out of disclosures
    bool key_bound = false;
};

/// All of RFC 9901 §7.1, and §7.3 where a key binding is required.
Result<VerifiedSdJwt> sd_jwt_verify(std::string_view token, KeyResolver const& keys,
                                    SdJwtPolicy const& policy);

/// The token with only the disclosures that these claims need. Pointers are relative to the fully disclosed
/// payload; the claims that enclose a claim are disclosed with it. The issuer's signature is not checked.
Result<std::string> sd_jwt_present(std::string_view token, std::vector<std::string> const& pointers);
/// The pointers of all selectively disclosable claims; a claim comes before the claims nested in it.
Result<std::vector<std::string>> sd_jwt_disclosable(std::string_view token);

/// Appends a key binding JWT by the holder's key to a presentation.
std::string sd_jwt_bind(std::string presentation, Signer const& holder, std::string_view audience,
                        std::string_view nonce, std::chrono::sys_seconds now);

}  // namespace sponsio::crypto

#pragma once

#include "text/json.hpp"
#include "text/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Disclosures and the digests that stand for them (RFC 9901 §4.2). Internal to this room.
namespace sponsio::crypto::disclosure {

inline constexpr std::string_view digests_name = "_sd";
inline constexpr std::string_view element_name = "...";
inline constexpr std::string_view algorithm_name = "_sd_alg";
inline constexpr std::string_view algorithm_value = "sha-256";

/// Whether a claim of the top level must stay in clear (draft-ietf-oauth-sd-jwt-vc §3.2.2.2, RFC 9901 §9.7).
bool stays_in_clear(std::string_view claim);

/// base64url of the SHA-256 of the disclosure as it is transmitted.
std::string digest_of(std::string_view text);

/// The pointer at which a disclosure's content was placed.
struct Placed {
    std::size_t disclosure;  ///< its index
    std::string pointer;     ///< in the processed payload
};

struct Unpacked {
    json::Object payload;
    std::vector<Placed> placed;
};

/// RFC 9901 §7.1 steps 2.d, 3, 4 and 5: replaces digests by the disclosed content, removes all other digests,
/// and refuses a disclosure without a digest.
Result<Unpacked> unpack(json::Object payload, std::span<std::string const> disclosures,
                        json::Limits const& limits);

}  // namespace sponsio::crypto::disclosure

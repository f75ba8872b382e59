#pragma once

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "tests/unit/crypto/support.hpp"

namespace sponsio::crypto::test {

inline std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

inline KeyResolver always(PublicKey const& key) {
    return [key](std::string_view) { return std::optional(key); };
}

/// An issuer of tokens, good and bad.
class Issuer {
  public:
    [[nodiscard]] Signer const& signer() const { return signer_; }

    [[nodiscard]] KeyResolver keys() const { return always(signer_.public_key()); }

    /// Whatever the payload is, signed well.
    [[nodiscard]] std::string token(std::string_view payload, std::vector<std::string> const& disclosures,
                                    std::string_view typ = "example+sd-jwt") const {
        return sd_jwt_sign({std::string(payload), disclosures}, signer_, typ);
    }

    [[nodiscard]] std::string issue(json::Value const& payload, SdJwtPlan const& plan,
                                    std::string_view typ = "example+sd-jwt") const {
        return sd_jwt_sign(sd_jwt_prepare(payload, plan).value(), signer_, typ);
    }

    [[nodiscard]] Result<VerifiedSdJwt> verify(std::string_view text) const {
        return sd_jwt_verify(text, keys(), {.jws = {.typ = "example+sd-jwt"}});
    }

  private:
    KeySigner signer_{PrivateKey::generate(Algorithm::es256)};
};

/// A disclosure of any JSON text.
inline std::string disclosure_of(std::string_view json) {
    return to_base64url(as_bytes(json));
}

}  // namespace sponsio::crypto::test

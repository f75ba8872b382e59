#pragma once

#include "crypto/keys/public_key.hpp"
#include "server/domain/access.hpp"
#include "server/domain/decode.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/step_signatures.hpp"

#include <string>

/// What a person signs of a step that decides about somebody, with a key that only they have.
namespace sponsio::service {

inline constexpr Form signing_key_form{"signing_key", "",
                                       "a public key as JWK (RFC 7517): EC with P-256 (RFC 7518) or SM2",
                                       "JWK 公钥（RFC 7517）：EC P-256（RFC 7518）或者 SM2"};
inline constexpr Form step_signature_form{"step_signature", "",
                                          "a detached JWS (RFC 7515 appendix F) with alg, kid and iat over "
                                          "{account, body, method, path} in canonical "
                                          "JSON (RFC 8785), the body without signature",
                                          "对 {account, body, method, path} 的规范化 JSON（RFC 8785，body "
                                          "不含 signature）所作的分离式 JWS（RFC 7515 "
                                          "附录 F），头部含 alg、kid、iat"};

/// So far the time in a signature and ours may lie apart: an old one is not played again.
inline constexpr std::chrono::minutes signature_age{10};

/// The step as it is signed: canonical JSON (RFC 8785) of {account, body, method, path}, the body without its
/// signature.
struct SignedStep {
    std::string path;
    domain::Json body;

    [[nodiscard]] std::string statement(AccountId by) const;
};

/// A public key as JWK: P-256 or SM2. The fault points to `pointer`.
Outcome<crypto::PublicKey> read_signing_key(domain::Json const& jwk, std::string const& pointer);

/// The signature as it is stored with its step. `jws` is detached (RFC 7515 appendix F): the header has `alg`
/// (ES256, or SM2 with DER signatures), `kid` and `iat`, and nothing else. Fault: /signature.
Outcome<store::StepSignature> check_signature(domain::Official const& who, SignedStep const& step,
                                              std::string const& jws, Vault const& vault, Instant now);

}  // namespace sponsio::service

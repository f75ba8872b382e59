#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Keys with which people sign the steps that they take, and those signatures.
namespace sponsio::store {

struct SigningKey {
    AccountId account;
    std::string kid;  ///< RFC 7638 thumbprint
    std::string jwk;  ///< RFC 7517, JSON
    Instant registered_at;
    std::optional<Instant> ended_at{};
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

/// A new key, or one that the account had before and that is in force again.
void insert(db::PgSession& db, SigningKey const& key);
/// Those of an account that have not ended, locked until the transaction ends.
std::vector<SigningKey> lock_keys_in_force(db::PgSession& db, AccountId account);
/// Writes its end.
void update(db::PgSession& db, SigningKey const& key);
/// The key in force.
std::optional<SigningKey> signing_key_of(db::PgSession& db, AccountId account);

using StepSignatureId = Id<struct StepSignatureTag>;

struct StepSignature {
    StepSignatureId id;
    AccountId account;
    std::string kid;
    std::string path;  ///< of the step: whose and which it is
    Instant at;
    std::string jws;          ///< detached (RFC 7515 appendix F)
    SealedColumns statement;  ///< the payload; sealed with statement_label(id)
};

/// A signature with the key that verifies it.
struct VerifiableSignature {
    StepSignature signature;
    std::string jwk;
};

/// Of the steps whose paths begin so, in the order of their signatures.
std::vector<VerifiableSignature> signatures_below(db::PgSession& db, std::string const& path);

/// The seal label (Vault) of what was signed.
std::string statement_label(StepSignatureId id);
void insert(db::PgSession& db, StepSignature const& signature);

}  // namespace sponsio::store

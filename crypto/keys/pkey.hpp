#pragma once

#include "crypto/keys/public_key.hpp"

#include <openssl/evp.h>

/// What public and private keys share of OpenSSL's view on them. Internal to this room.
namespace sponsio::crypto::pkey {

/// Nothing for a type or curve that is not one of ours.
std::optional<Algorithm> algorithm_of(EVP_PKEY* key);

/// As PublicKey::raw gives it.
Bytes raw_public(Algorithm algorithm, EVP_PKEY* key);

/// All that was written into a memory BIO.
std::string text_of(BIO* bio);

}  // namespace sponsio::crypto::pkey

#pragma once

#include "crypto/keys/public_key.hpp"

#include <openssl/evp.h>

/// Access to OpenSSL keys that public and private keys share. Internal to this room.
namespace sponsio::crypto::pkey {

/// The algorithm of the key; nothing for a type or curve that is not supported.
std::optional<Algorithm> algorithm_of(EVP_PKEY* key);

/// The public key in the form of PublicKey::raw.
Bytes raw_public(Algorithm algorithm, EVP_PKEY* key);

/// The text that was written into a memory BIO.
std::string text_of(BIO* bio);

}  // namespace sponsio::crypto::pkey

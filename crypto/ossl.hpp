#pragma once

#include "text/result.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>

/// Ownership and errors of OpenSSL. Internal to this room: only its .cpp files include it.
namespace sponsio::crypto::ossl {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const noexcept {
        release(object);
    }
};

template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

using MdCtx = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using MacCtx = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using CipherCtx = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using PkeyCtx = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using KdfCtx = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using Bio = Owned<BIO, BIO_free_all>;
using Bn = Owned<BIGNUM, BN_clear_free>;
using EcdsaSig = Owned<ECDSA_SIG, ECDSA_SIG_free>;

/// Throws Failure with `what` and this thread's error queue, which is empty afterwards.
[[noreturn]] void fail(char const* what);

inline void check(bool good, char const* what) {
    if (!good) fail(what);
}

template <class T>
T* check_pointer(T* object, char const* what) {
    if (!object) fail(what);
    return object;
}

/// Algorithms are fetched once per process; each fetch costs more than a short digest and takes a lock.
EVP_MD const* sha256();
EVP_MD const* sm3();

/// Empties this thread's error queue on destruction, so that a refusal leaves nothing for later calls.
struct QuietErrors {
    QuietErrors() = default;
    QuietErrors(QuietErrors const&) = delete;
    QuietErrors& operator=(QuietErrors const&) = delete;
    ~QuietErrors();
};

}  // namespace sponsio::crypto::ossl

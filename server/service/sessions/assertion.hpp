#pragma once

#include "crypto/keys/public_key.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a browser and an authenticator say when a passkey is made or used (WebAuthn Level 2). Pure: who may
/// do what with it is the session service's.
namespace sponsio::service {

/// Of the browser (§5.8.1): what it asked the authenticator for, and for which page.
struct ClientData {
    std::string type;  ///< "webauthn.create" or "webauthn.get"
    std::string challenge;
    std::string origin;
    bool cross_origin = false;  ///< the page stood in a frame of another site

    /// Nothing unless it is a JSON object with those members.
    static std::optional<ClientData> read(ByteView json);
};

/// Of the authenticator (§6.1): which host the key is for, and whether its person was there.
struct AuthenticatorData {
    store::Digest rp_id_hash{};              ///< SHA-256 of the host name
    bool present = false;                    ///< somebody touched it
    bool verified = false;                   ///< and showed a finger, a face or a number
    std::uint32_t sign_count = 0;            ///< 0 where the authenticator does not count
    std::string credential{};                ///< base64url; only when a passkey is made
    std::optional<crypto::PublicKey> key{};  ///< the same; ES256, P-256

    /// Nothing unless it has that form to its last byte. A key of another algorithm is none.
    static std::optional<AuthenticatorData> read(ByteView bytes);
};

/// Whether that key signed (§7.2 step 20): the authenticator's data and the digest of the browser's.
/// `signature` is DER.
bool signed_by(crypto::PublicKey const& key, ByteView authenticator_data, ByteView client_data,
               ByteView signature);

}  // namespace sponsio::service

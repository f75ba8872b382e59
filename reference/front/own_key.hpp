#pragma once

#include "crypto/keys/signer.hpp"
#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::crypto {
class KeyStore;
}

namespace sponsio::front {

/// The signing key of a reference program, in a key store below its directory (`DIR/keys`). `sponsio key
/// rotate --data DIR` makes a successor, which a running program uses from its beginning on, after a second
/// at most.
class OwnKey {
  public:
    /// Makes store and key if they are missing. The passphrase comes from the file that
    /// SPONSIO_PASSPHRASE_FILE names, else from SPONSIO_PASSPHRASE, else from `DIR/keys/passphrase`, which is
    /// made with a random one. The caller holds the directory's lock (claim()). The fault is
    /// a sentence for the operator.
    static Outcome<std::unique_ptr<OwnKey>> open(std::filesystem::path const& data, std::string_view purpose,
                                                 crypto::Algorithm algorithm, Clock const& clock);

    ~OwnKey();
    OwnKey(OwnKey const&) = delete;
    OwnKey& operator=(OwnKey const&) = delete;

    /// The key that signs at that time.
    [[nodiscard]] Outcome<std::shared_ptr<crypto::Signer const>> signer(Instant now) const;

  private:
    OwnKey(crypto::KeyStore store, std::filesystem::path directory, std::string_view purpose);

    std::unique_ptr<crypto::KeyStore> store_;
    std::filesystem::path directory_;
    std::string purpose_;
};

}  // namespace sponsio::front

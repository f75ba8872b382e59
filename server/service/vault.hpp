#pragma once

#include "crypto/blind_index.hpp"
#include "crypto/sealing.hpp"
#include "server/base/fault.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "server/store/idempotency.hpp"

#include <string>
#include <string_view>

namespace sponsio::service {

/// Everything personal passes through here on its way into and out of the database. `place` names where it
/// lies
/// ("finding.draft:<uuid>") and is authenticated with it: a sealed value cannot be moved to another row.
class Vault {
  public:
    Vault(crypto::MasterKeys keys, crypto::BlindIndex index)
        : keys_(std::move(keys)), index_(std::move(index)) {}

    [[nodiscard]] store::SealedColumns seal(std::string_view plain, std::string_view place) const;
    [[nodiscard]] store::SealedColumns seal(crypto::ByteView plain, std::string_view place) const;
    /// Refused with problem::gone where the key was destroyed, problem::internal where the value was tampered
    /// with.
    [[nodiscard]] Outcome<std::string> open(store::SealedColumns const& sealed, std::string_view place) const;
    [[nodiscard]] Outcome<domain::Json> open_json(store::SealedColumns const& sealed,
                                                  std::string_view place) const;

    /// Several values that live and die together share one data key: seal each with the key, store `wrapped`
    /// once.
    [[nodiscard]] crypto::MasterKeys const& keys() const { return keys_; }

    /// What stands in the index column for a committer's document; the same for every way of writing the
    /// number.
    [[nodiscard]] crypto::Bytes committer_index(domain::IdentityDocument const& document) const;

  private:
    crypto::MasterKeys keys_;
    crypto::BlindIndex index_;
};

}  // namespace sponsio::service

#pragma once

#include "crypto/keys/blind_index.hpp"
#include "crypto/keys/sealing.hpp"
#include "server/base/fault.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "server/store/sealed.hpp"

#include <string>
#include <string_view>

namespace sponsio::service {

/// Everything personal passes through here on its way into and out of the database. `label` names the row and
/// column of the sealed value ("finding.draft:<uuid>") and is authenticated with it, so that the value cannot
/// be moved to another row.
class Vault {
  public:
    Vault(crypto::MasterKeys keys, crypto::BlindIndex index)
        : keys_(std::move(keys)), index_(std::move(index)) {}

    [[nodiscard]] store::SealedColumns seal(std::string_view plain, std::string_view label) const;
    [[nodiscard]] store::SealedColumns seal(ByteView plain, std::string_view label) const;
    /// Refused with problem::gone where the key was destroyed, problem::internal where the value was tampered
    /// with.
    [[nodiscard]] Outcome<std::string> open(store::SealedColumns const& sealed, std::string_view label) const;
    [[nodiscard]] Outcome<domain::Json> open_json(store::SealedColumns const& sealed,
                                                  std::string_view label) const;

    /// What else is said of a row whose `line` is sealed already, under the data key of that line: both
    /// become unreadable together.
    [[nodiscard]] Bytes seal_beside(store::SealedColumns const& line, std::string_view plain,
                                    std::string_view label) const;
    /// Refused as open() is.
    [[nodiscard]] Outcome<std::string> open_beside(store::SealedColumns const& line, ByteView sealed,
                                                   std::string_view label) const;

    /// Several values that live and die together share one data key: seal each with the key, store `wrapped`
    /// once.
    [[nodiscard]] crypto::MasterKeys const& keys() const { return keys_; }

    /// What stands in the index column for a committer's document; the same for every way of writing the
    /// number.
    [[nodiscard]] Bytes committer_index(domain::IdentityDocument const& document) const;

  private:
    crypto::MasterKeys keys_;
    crypto::BlindIndex index_;
};

}  // namespace sponsio::service

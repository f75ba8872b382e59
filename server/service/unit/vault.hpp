#pragma once

#include "crypto/keys/blind_index.hpp"
#include "crypto/keys/sealing.hpp"
#include "server/base/fault.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "server/store/sealed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

/// Encrypts and decrypts all personal data on its way into and out of the database. `label`, the seal label,
/// names the row and column of the value ("finding.draft:<uuid>") and is authenticated with it, so that the
/// value cannot be moved to another row.
class Vault {
  public:
    Vault(crypto::MasterKeys keys, crypto::BlindIndex index)
        : keys_(std::move(keys)), index_(std::move(index)) {}

    [[nodiscard]] store::SealedColumns seal(std::string_view plain, std::string_view label) const;
    [[nodiscard]] store::SealedColumns seal(ByteView plain, std::string_view label) const;
    /// Refused with problem::gone if the key was destroyed, problem::internal if the value was altered.
    [[nodiscard]] Outcome<std::string> open(store::SealedColumns const& sealed, std::string_view label) const;
    [[nodiscard]] Outcome<domain::Json> open_json(store::SealedColumns const& sealed,
                                                  std::string_view label) const;

    /// Seals a further value of a row with the data key of its sealed `line`:
    /// both become unreadable together.
    [[nodiscard]] Bytes seal_beside(store::SealedColumns const& line, std::string_view plain,
                                    std::string_view label) const;
    /// Refused as open() is.
    [[nodiscard]] Outcome<std::string> open_beside(store::SealedColumns const& line, ByteView sealed,
                                                   std::string_view label) const;

    /// For several values that are created and destroyed together: seal each with one new data key, store
    /// `wrapped` once.
    [[nodiscard]] crypto::MasterKeys const& keys() const { return keys_; }

    /// The value of the index column for a committer's document; the same for every spelling of the number.
    [[nodiscard]] Bytes committer_index(domain::IdentityDocument const& document) const;
    /// The values that the column may hold: a term under every key that is still in use.
    [[nodiscard]] std::vector<Bytes> committer_terms(domain::IdentityDocument const& document) const;
    /// What the index column of an official's document may hold: a term under every key that is still in use,
    /// the one to store first. None of them is that of a committer.
    [[nodiscard]] std::vector<Bytes> official_terms(domain::IdentityDocument const& document) const;

    /// A proof that this server wrote the text, for whoever later reads it from the database: HMAC-SHA-256
    /// (RFC 2104) under a key that is not there, that of the blind index. `what` names the kind of text; a
    /// proof of one kind proves nothing of another.
    [[nodiscard]] store::Proof prove(std::string_view what, std::string_view text) const;
    [[nodiscard]] bool proves(store::Proof const& proof, std::string_view what, std::string_view text) const;

  private:
    crypto::MasterKeys keys_;
    crypto::BlindIndex index_;
};

}  // namespace sponsio::service

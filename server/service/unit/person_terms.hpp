#pragma once

#include "crypto/keys/blind_index.hpp"
#include "server/domain/identity_document.hpp"
#include "text/bytes.hpp"

#include <string_view>
#include <vector>

namespace sponsio::service {

/// The terms by which people are found again although their names and numbers lie sealed. Copies share the
/// keys; may be used from several threads.
class PersonTerms {
  public:
    explicit PersonTerms(crypto::BlindIndex index) : index_(std::move(index)) {}

    /// The value of the index column for a committer's name: the same for every form of the name
    /// (domain::searchable_name). Empty if the name has no form for a search.
    [[nodiscard]] Bytes name_index(std::string_view name) const;

    /// What the column may hold of a name that is searched for: a term under every key that is still in use.
    [[nodiscard]] std::vector<Bytes> of_name(std::string_view name) const;
    /// The same for the column of documents, which Vault::committer_index() gives its values.
    [[nodiscard]] std::vector<Bytes> of_document(domain::IdentityDocument const& document) const;

  private:
    crypto::BlindIndex index_;
};

}  // namespace sponsio::service

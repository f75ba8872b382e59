#pragma once

#include "server/db/tx.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/person_id.hpp"
#include "server/service/unit/vault.hpp"

namespace sponsio::service {

/// Knows human beings by their documents, whose numbers lie sealed: the same document is the same person,
/// whatever accounts they have.
class PersonRegister {
  public:
    explicit PersonRegister(Vault const& vault) : vault_(vault) {}

    /// The person with this document, entered now if nobody has it.
    [[nodiscard]] PersonId person_of(db::PgSession& db, domain::IdentityDocument const& document,
                                     Instant now) const;

  private:
    Vault const& vault_;
};

}  // namespace sponsio::service

#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/erasure.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/erasures.hpp"

#include <string>
#include <vector>

/// The steps of an erasure, in the caller's transaction.
namespace sponsio::service {

struct ErasureDraft {
    domain::ErasureReason reason;
    std::string legal_basis;

    static ErasureDraft read(domain::Fields& fields);
};

/// Asks, as the operator, for the erasure of a case. Fault: not_found; wrong_step while something in it is
/// open or a record is in force; conflict if it was asked for already.
Outcome<store::ErasureRow> request_erasure(db::PgSession& db, std::string const& commitment_code,
                                           ErasureDraft const& draft, Instant now);
/// The same for each case of the person with that document, oldest first; not_found if there is none.
Outcome<std::vector<store::ErasureRow>> request_erasures(db::PgSession& db,
                                                         std::vector<Bytes> const& terms_of_document,
                                                         ErasureDraft const& draft, Instant now);

/// Erases: takes the data keys and the indexes away, keeps what the status lists need, and leaves the
/// tombstone, which is the row, an event and a leaf of the log. `by` is nobody where a retention period is
/// over.
Outcome<store::ErasureRow> erase(db::PgSession& db, Vault const& vault, store::ErasureRow row,
                                 std::optional<AccountId> by, Instant now);
/// The row stays, and nothing is erased.
Outcome<store::ErasureRow> refuse_erasure(db::PgSession& db, store::ErasureRow row, AccountId by,
                                          Instant now);

/// Erases the credit information of a case whose retention is over. False if it is still being reported, or
/// an erasure of it is under way.
Outcome<bool> erase_by_rule(db::PgSession& db, Vault const& vault, store::KeptRecord const& record,
                            std::string const& rule, Instant now);

domain::Json erasure_view(store::ErasureRow const& row);

}  // namespace sponsio::service

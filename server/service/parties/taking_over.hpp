#pragma once

#include "server/service/keys/service.hpp"
#include "server/store/organisations.hpp"

#include <string>
#include <vector>

namespace sponsio::service {

/// Proves the rows of the registry from before there were proofs, once for these keys: that it was done is
/// kept beside them. From then on a row without a proof is one that somebody wrote into the database.
[[nodiscard]] bool registry_is_proven(KeyService const& keys);
Outcome<void> take_over_registry(db::PgSession& session, KeyService& keys, Instant now);

/// The same of the rows that are proven by notes (server/store/row_proofs.hpp).
[[nodiscard]] bool rows_are_proven(KeyService const& keys);
Outcome<void> take_over_rows(db::PgSession& session, KeyService& keys, Instant now);

/// The operator has looked at the rows that this server did not write, and answers for them: a program of an
/// earlier version may have written them meanwhile. Proves those that are as their notes say, tells of each
/// in the history, and returns "table key" of each; problem::conflict if there is none.
Outcome<std::vector<std::string>> vouch_for_rows(db::PgSession& db, Vault const& vault,
                                                 std::string const& reason, Instant now);

/// The operator has looked at what stands in the database about an account and its organisation, which this
/// server did not write, and answers for it: a program of an earlier version may have changed it meanwhile.
Outcome<store::Account> vouch_for_account(db::PgSession& db, Vault const& vault, AccountId account,
                                          std::string const& reason, Instant now);

/// Ends what the database has of an account and this server did not write: tokens, grants, codes, signing
/// keys and passkeys, which nobody else can end (change_proven). Each is told of in the history. Returns the
/// tables and keys of what was ended; problem::conflict if there is nothing of the kind.
Outcome<std::vector<std::string>> disown(db::PgSession& db, Vault const& vault, AccountId account,
                                         std::string const& reason, Instant now);

}  // namespace sponsio::service

#pragma once

#include "server/db/session.hpp"
#include "server/domain/person_id.hpp"

#include <string>
#include <vector>

/// What the history says of the keys with which people sign, whatever has become of their rows.
namespace sponsio::store {

/// Whether a key was ever registered for the account.
bool registered_a_key(db::PgSession& db, AccountId account);
/// Which of the accounts have no key of that thumbprint, ended or not; the two lists are of one length.
std::vector<AccountId> without_key(db::PgSession& db, std::vector<AccountId> const& accounts,
                                   std::vector<std::string> const& kids);

}  // namespace sponsio::store

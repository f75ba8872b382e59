#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <vector>

/// Codes with which people fetch the token of their own account.
namespace sponsio::store {

using EnrolmentId = Id<struct EnrolmentTag>;

struct Enrolment {
    EnrolmentId id;
    AccountId account;
    Digest digest;                     ///< of the code
    std::optional<AccountId> made_by;  ///< nobody: on the command line
    Instant made_at;
    Instant ends_at;
    std::optional<Instant> spent_at{};
    std::optional<TokenId> token{};  ///< that it was spent for; nothing: another code took its place
    std::optional<Digest> proof{};   ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

void insert(db::PgSession& db, Enrolment const& enrolment);
/// The one with that code, locked until the transaction ends.
std::optional<Enrolment> lock_enrolment(db::PgSession& db, Digest const& code);
/// Those of an account that nobody has spent, locked until the transaction ends.
std::vector<Enrolment> lock_unspent(db::PgSession& db, AccountId account);
/// Writes what it was spent for, and when.
void update(db::PgSession& db, Enrolment const& enrolment);

}  // namespace sponsio::store

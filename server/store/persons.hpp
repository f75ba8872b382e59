#pragma once

#include "server/db/session.hpp"
#include "server/domain/person_id.hpp"
#include "server/store/sealed.hpp"

#include <map>
#include <optional>
#include <vector>

/// The human beings behind accounts.
namespace sponsio::store {

struct Person {
    PersonId id;
    std::vector<std::uint8_t> document_index;
    SealedColumns document;  ///< type and number; sealed with person_label(id)
    Instant entered_at;
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

/// The seal label (Vault) of a person's document.
std::string person_label(PersonId id);

/// False if there is a person with that index.
bool insert(db::PgSession& db, Person const& person);
/// Writes its proof: nothing else of a person changes.
void update(db::PgSession& db, Person const& person);
/// The person with one of these terms.
std::optional<PersonId> person_with(db::PgSession& db, std::vector<std::vector<std::uint8_t>> const& terms);
/// Whose each account is; an account whose person is not known stands for itself.
std::map<AccountId, PersonId> persons_of(db::PgSession& db, std::vector<AccountId> const& accounts);
/// This account and all others of its person.
std::vector<AccountId> accounts_of_same_person(db::PgSession& db, AccountId account);
/// Who gave this account what it may do: who made it, changed its roles, or gave or confirmed its grants.
std::vector<AccountId> appointers_of(db::PgSession& db, AccountId account);

}  // namespace sponsio::store

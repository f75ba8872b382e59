#pragma once

#include "server/store/case_window.hpp"
#include "server/store/enrolments.hpp"
#include "server/store/exposure_authorities.hpp"
#include "server/store/grants.hpp"
#include "server/store/organisations.hpp"
#include "server/store/passkeys.hpp"
#include "server/store/persons.hpp"
#include "server/store/step_signatures.hpp"
#include "server/store/table.hpp"
#include "server/store/tokens.hpp"

/// The tables that say who may do what.
namespace sponsio::store {

using Organisations =
    Table<"organisation", Organisation, Column<"organisation_id", &Organisation::id>,
          Column<"uscc", &Organisation::uscc>, Column<"name", &Organisation::name>,
          Column<"kind", &Organisation::kind>, Column<"region_code", &Organisation::region_code>,
          Column<"superior_id", &Organisation::superior>, Column<"created_at", &Organisation::created_at>,
          Column<"proof", &Organisation::proof>, Column<"proof_key", &Organisation::proof_key>>;

using Persons = Table<"person", Person, Column<"person_id", &Person::id>,
                      Column<"document_index", &Person::document_index>,
                      SealedColumn<"document", &Person::document>, Column<"entered_at", &Person::entered_at>,
                      Column<"proof", &Person::proof>, Column<"proof_key", &Person::proof_key>>;

using Accounts = Table<"account", Account, Column<"account_id", &Account::id>,
                       Column<"organisation_id", &Account::organisation>, Column<"login", &Account::login>,
                       Column<"name", &Account::name>, Column<"roles", &Account::roles>,
                       Column<"created_at", &Account::created_at>, Column<"closed_at", &Account::closed_at>,
                       Column<"person_id", &Account::person>, Column<"created_by", &Account::created_by>,
                       Column<"proof", &Account::proof>, Column<"proof_key", &Account::proof_key>>;

using Tokens = Table<"access_token", Token, Column<"token_id", &Token::id>,
                     Column<"account_id", &Token::account>, Column<"token_digest", &Token::digest>,
                     Column<"created_at", &Token::created_at>, Column<"expires_at", &Token::expires_at>,
                     Column<"revoked_at", &Token::revoked_at>, Column<"renews", &Token::renews>,
                     Column<"proof", &Token::proof>, Column<"proof_key", &Token::proof_key>>;

using Grants =
    Table<"role_grant", GrantRow, Column<"grant_id", &GrantRow::id>, Column<"account_id", &GrantRow::account>,
          Column<"role", &GrantRow::role>, Column<"purpose", &GrantRow::purpose>,
          Column<"scope_id", &GrantRow::scope>, Column<"region", &GrantRow::region>,
          Column<"legal_basis", &GrantRow::legal_basis>, Column<"from_at", &GrantRow::from>,
          Column<"until_at", &GrantRow::until>, Column<"given_by", &GrantRow::given_by>,
          Column<"given_at", &GrantRow::given_at>, Column<"confirmed_by", &GrantRow::confirmed_by>,
          Column<"confirmed_at", &GrantRow::confirmed_at>, Column<"ended_by", &GrantRow::ended_by>,
          Column<"ended_at", &GrantRow::ended_at>, Column<"proof", &GrantRow::proof>,
          Column<"proof_key", &GrantRow::proof_key>>;

using Enrolments = Table<"enrolment", Enrolment, Column<"enrolment_id", &Enrolment::id>,
                         Column<"account_id", &Enrolment::account>,
                         Column<"token_digest", &Enrolment::digest>, Column<"made_by", &Enrolment::made_by>,
                         Column<"made_at", &Enrolment::made_at>, Column<"ends_at", &Enrolment::ends_at>,
                         Column<"spent_at", &Enrolment::spent_at>, Column<"token_id", &Enrolment::token>,
                         Column<"proof", &Enrolment::proof>, Column<"proof_key", &Enrolment::proof_key>>;

using Passkeys =
    Table<"passkey", Passkey, Column<"passkey_id", &Passkey::id>, Column<"account_id", &Passkey::account>,
          Column<"credential_id", &Passkey::credential>, Column<"rp_id", &Passkey::rp_id>,
          Column<"jwk", &Passkey::jwk>, Column<"name", &Passkey::name>,
          Column<"sign_count", &Passkey::sign_count>, Column<"made_at", &Passkey::made_at>,
          Column<"last_used_at", &Passkey::last_used_at>, Column<"ended_at", &Passkey::ended_at>,
          Column<"proof", &Passkey::proof>, Column<"proof_key", &Passkey::proof_key>>;

using CaseCodes =
    Table<"case_code", CaseCodeRow, Column<"document_id", &CaseCodeRow::document>,
          Column<"finding_id", &CaseCodeRow::finding>, Column<"subject_id", &CaseCodeRow::subject>,
          Column<"digest", &CaseCodeRow::digest>, Column<"made_at", &CaseCodeRow::made_at>,
          Column<"proof", &CaseCodeRow::proof>, Column<"proof_key", &CaseCodeRow::proof_key>>;

using CaseSessions =
    Table<"case_session", CaseSessionRow, Column<"session_id", &CaseSessionRow::id>,
          Column<"finding_id", &CaseSessionRow::finding>, Column<"subject_id", &CaseSessionRow::subject>,
          Column<"token", &CaseSessionRow::token>, Column<"opened_at", &CaseSessionRow::opened_at>,
          Column<"expires_at", &CaseSessionRow::expires_at>, Column<"ended_at", &CaseSessionRow::ended_at>,
          Column<"proof", &CaseSessionRow::proof>, Column<"proof_key", &CaseSessionRow::proof_key>>;

/// An account has several, one of them in force.
using SigningKeys =
    Table<"signing_key", SigningKey, Column<"account_id", &SigningKey::account>,
          Column<"kid", &SigningKey::kid>, Column<"jwk", &SigningKey::jwk>,
          Column<"registered_at", &SigningKey::registered_at>, Column<"ended_at", &SigningKey::ended_at>,
          Column<"proof", &SigningKey::proof>, Column<"proof_key", &SigningKey::proof_key>>;

using ExposureAuthorities =
    Table<"exposure_authority", ExposureAuthorityRow, Column<"authority_id", &ExposureAuthorityRow::id>,
          Column<"authority", &ExposureAuthorityRow::authority>,
          Column<"region_code", &ExposureAuthorityRow::region>,
          Column<"organisation_id", &ExposureAuthorityRow::organisation>,
          Column<"appointed_by", &ExposureAuthorityRow::appointed_by>,
          Column<"appointed_at", &ExposureAuthorityRow::appointed_at>,
          Column<"confirmed_by", &ExposureAuthorityRow::confirmed_by>,
          Column<"confirmed_at", &ExposureAuthorityRow::confirmed_at>,
          Column<"proof", &ExposureAuthorityRow::proof>,
          Column<"proof_key", &ExposureAuthorityRow::proof_key>>;

template <class... Tables>
struct TableList {};

/// All of them: a table that is listed here is proven, taken over and walked through (registry_rows.hpp).
using RegistryTables = TableList<Organisations, Persons, Accounts, Tokens, Grants, Enrolments, SigningKeys,
                                 Passkeys, CaseCodes, CaseSessions, ExposureAuthorities>;

}  // namespace sponsio::store

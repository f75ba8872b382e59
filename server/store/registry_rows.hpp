#pragma once

#include "server/store/case_window.hpp"
#include "server/store/enrolments.hpp"
#include "server/store/grants.hpp"
#include "server/store/organisations.hpp"
#include "server/store/passkeys.hpp"
#include "server/store/persons.hpp"
#include "server/store/step_signatures.hpp"
#include "server/store/tokens.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The rows that say who may do what, as whoever proves them sees them. Each carries a proof
/// (service::prove_row), so that a right written into the database by hand is none.
namespace sponsio::store {

/// What the proof of a row covers: all of it but the proof, and what is sealed.
std::string statement(Organisation const& row);
std::string statement(Person const& row);
std::string statement(Account const& row);
std::string statement(Token const& row);
std::string statement(GrantRow const& row);
std::string statement(Enrolment const& row);
std::string statement(SigningKey const& row);
std::string statement(Passkey const& row);
std::string statement(CaseCodeRow const& row);
std::string statement(CaseSessionRow const& row);

/// The table of such rows, and the key of one: an account has several signing keys.
template <class Row>
inline constexpr std::string_view registry_table;
template <>
inline constexpr std::string_view registry_table<Organisation> = "organisation";
template <>
inline constexpr std::string_view registry_table<Person> = "person";
template <>
inline constexpr std::string_view registry_table<Account> = "account";
template <>
inline constexpr std::string_view registry_table<Token> = "access_token";
template <>
inline constexpr std::string_view registry_table<GrantRow> = "role_grant";
template <>
inline constexpr std::string_view registry_table<Enrolment> = "enrolment";
template <>
inline constexpr std::string_view registry_table<SigningKey> = "signing_key";
template <>
inline constexpr std::string_view registry_table<Passkey> = "passkey";
template <>
inline constexpr std::string_view registry_table<CaseCodeRow> = "case_code";
template <>
inline constexpr std::string_view registry_table<CaseSessionRow> = "case_session";

inline Uuid const& registry_key(auto const& row) {
    return row.id.raw();
}

inline Uuid const& registry_key(SigningKey const& row) {
    return row.account.raw();
}

inline Uuid const& registry_key(CaseCodeRow const& row) {
    return row.document.raw();
}

/// The rows after that key by key, 256 of them or a few more where several share the last key.
template <class Row>
std::vector<Row> registry_after(db::PgSession& db, Uuid const& after);
/// Some rows without a proof, from before there were proofs. Locked.
template <class Row>
std::vector<Row> registry_unproven(db::PgSession& db);

/// Calls `each` with every type of row.
template <class Each>
void for_each_registry_row(Each each) {
    each.template operator()<Organisation>();
    each.template operator()<Person>();
    each.template operator()<Account>();
    each.template operator()<Token>();
    each.template operator()<GrantRow>();
    each.template operator()<Enrolment>();
    each.template operator()<SigningKey>();
    each.template operator()<Passkey>();
    each.template operator()<CaseCodeRow>();
    each.template operator()<CaseSessionRow>();
}

}  // namespace sponsio::store

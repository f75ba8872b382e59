#include "server/store/registry_rows.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

/// The two looks at a table; `Key` is its first column.
template <class Rows, SqlPiece Name, SqlPiece Key>
struct Looks {
    static constexpr auto after_name = SqlPiece("registry.after.") + Name;
    static constexpr auto unproven_name = SqlPiece("registry.unproven.") + Name;
    static constexpr BinaryQuery after{
        after_name.view(),
        sql<Rows::select, "where ", Key, " > $1 order by ", Key, " fetch first 256 rows with ties">};
    static constexpr BinaryQuery unproven{
        unproven_name.view(),
        sql<Rows::select, "where proof is null order by ", Key, " limit 256 for update">};
    using Table = Rows;
};

template <class Row>
struct LooksOf;

template <>
struct LooksOf<Organisation> : Looks<Organisations, "organisation", "organisation_id"> {};

template <>
struct LooksOf<Person> : Looks<Persons, "person", "person_id"> {};

template <>
struct LooksOf<Account> : Looks<Accounts, "account", "account_id"> {};

template <>
struct LooksOf<Token> : Looks<Tokens, "access_token", "token_id"> {};

template <>
struct LooksOf<GrantRow> : Looks<Grants, "role_grant", "grant_id"> {};

template <>
struct LooksOf<Enrolment> : Looks<Enrolments, "enrolment", "enrolment_id"> {};

template <>
struct LooksOf<SigningKey> : Looks<SigningKeys, "signing_key", "account_id"> {};

template <>
struct LooksOf<Passkey> : Looks<Passkeys, "passkey", "passkey_id"> {};

template <>
struct LooksOf<CaseCodeRow> : Looks<CaseCodes, "case_code", "document_id"> {};

template <>
struct LooksOf<CaseSessionRow> : Looks<CaseSessions, "case_session", "session_id"> {};

}  // namespace

std::string statement(Organisation const& row) {
    return Organisations::statement(row);
}

std::string statement(Person const& row) {
    return Persons::statement(row);
}

std::string statement(Account const& row) {
    return Accounts::statement(row);
}

std::string statement(Token const& row) {
    return Tokens::statement(row);
}

std::string statement(GrantRow const& row) {
    return Grants::statement(row);
}

std::string statement(Enrolment const& row) {
    return Enrolments::statement(row);
}

std::string statement(SigningKey const& row) {
    return SigningKeys::statement(row);
}

std::string statement(Passkey const& row) {
    return Passkeys::statement(row);
}

std::string statement(CaseCodeRow const& row) {
    return CaseCodes::statement(row);
}

std::string statement(CaseSessionRow const& row) {
    return CaseSessions::statement(row);
}

template <class Row>
std::vector<Row> registry_after(db::PgSession& db, Uuid const& after) {
    return all_of(db.exec(LooksOf<Row>::after, Params(after)), LooksOf<Row>::Table::read);
}

template <class Row>
std::vector<Row> registry_unproven(db::PgSession& db) {
    return all_of(db.exec(LooksOf<Row>::unproven), LooksOf<Row>::Table::read);
}

template std::vector<Organisation> registry_after(db::PgSession&, Uuid const&);
template std::vector<Person> registry_after(db::PgSession&, Uuid const&);
template std::vector<Account> registry_after(db::PgSession&, Uuid const&);
template std::vector<Token> registry_after(db::PgSession&, Uuid const&);
template std::vector<GrantRow> registry_after(db::PgSession&, Uuid const&);
template std::vector<Enrolment> registry_after(db::PgSession&, Uuid const&);
template std::vector<SigningKey> registry_after(db::PgSession&, Uuid const&);
template std::vector<Passkey> registry_after(db::PgSession&, Uuid const&);
template std::vector<CaseCodeRow> registry_after(db::PgSession&, Uuid const&);
template std::vector<CaseSessionRow> registry_after(db::PgSession&, Uuid const&);
template std::vector<Organisation> registry_unproven(db::PgSession&);
template std::vector<Person> registry_unproven(db::PgSession&);
template std::vector<Account> registry_unproven(db::PgSession&);
template std::vector<Token> registry_unproven(db::PgSession&);
template std::vector<GrantRow> registry_unproven(db::PgSession&);
template std::vector<Enrolment> registry_unproven(db::PgSession&);
template std::vector<SigningKey> registry_unproven(db::PgSession&);
template std::vector<Passkey> registry_unproven(db::PgSession&);
template std::vector<CaseCodeRow> registry_unproven(db::PgSession&);
template std::vector<CaseSessionRow> registry_unproven(db::PgSession&);

}  // namespace sponsio::store

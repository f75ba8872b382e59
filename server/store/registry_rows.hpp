#pragma once

#include "server/store/registry_tables.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

/// The rows that say who may do what, as whoever proves them sees them. Each carries a proof
/// (service::prove_row), so that a right written into the database by hand is none.
namespace sponsio::store {

namespace detail {

/// What is done alike with every table of RegistryTables.
template <class T>
struct RegistryTable;

template <SqlPiece Name, class R, class Key, class... Columns>
struct RegistryTable<Table<Name, R, Key, Columns...>> {
    using Row = R;
    using Rows = Table<Name, R, Key, Columns...>;
    static constexpr auto name = Name;
    static constexpr auto after_name = SqlPiece("registry.after.") + Name;
    static constexpr auto unproven_name = SqlPiece("registry.unproven.") + Name;
    static constexpr auto of_account_name = SqlPiece("registry.of_account.") + Name;
    static constexpr db::BinaryQuery after{
        after_name.view(), sql<Rows::select, "where ", Key::names, " > $1 order by ", Key::names,
                               " fetch first 256 rows with ties">};
    static constexpr db::BinaryQuery unproven{
        unproven_name.view(),
        sql<Rows::select, "where proof is null order by ", Key::names, " limit 256 for update">};
    static constexpr db::BinaryQuery of_account{
        of_account_name.view(),
        sql<Rows::select, "where account_id = $1 order by ", Key::names, " for update">};

    static constexpr auto missing_name = SqlPiece("registry.missing.") + Name;
    static constexpr db::BinaryQuery missing{
        missing_name.view(), sql<"select id from unnest($1::uuid[]) as q(id) where not exists (select from ",
                                 Name, " where ", Key::names, " = q.id)">};

    static Uuid const& key(Row const& row) { return (row.*Key::member).raw(); }
};

template <class Row, class First, class... Rest>
consteval auto registry_table_of(TableList<First, Rest...>) {
    if constexpr (std::same_as<Row, typename RegistryTable<First>::Row>)
        return RegistryTable<First>{};
    else
        return registry_table_of<Row>(TableList<Rest...>{});
}

template <class Row>
using RegistryTableOf = decltype(registry_table_of<Row>(RegistryTables{}));

template <class Each, class... Tables>
void for_each_row(Each each, TableList<Tables...>) {
    (each.template operator()<typename RegistryTable<Tables>::Row>(), ...);
}

}  // namespace detail

/// What the proof of a row covers: all of it but the proof, and what is sealed.
template <class Row>
std::string statement(Row const& row) {
    return detail::RegistryTableOf<Row>::Rows::statement(row);
}

/// The table of such rows, and the key of one: an account has several signing keys.
template <class Row>
inline constexpr std::string_view registry_table = detail::RegistryTableOf<Row>::name.view();

template <class Row>
Uuid const& registry_key(Row const& row) {
    return detail::RegistryTableOf<Row>::key(row);
}

/// The rows after that key by key, 256 of them or a few more where several share the last key.
template <class Row>
std::vector<Row> registry_after(db::PgSession& db, Uuid const& after) {
    using Table = detail::RegistryTableOf<Row>;
    return all_of(db.exec(Table::after, db::Params(after)), Table::Rows::read);
}

/// Which of these keys have no row.
template <class Row>
std::vector<Uuid> registry_missing(db::PgSession& db, std::vector<Uuid> const& keys) {
    return column_of<Uuid>(db.exec(detail::RegistryTableOf<Row>::missing, db::Params(array_of(keys))));
}

/// Some rows without a proof, from before there were proofs. Locked.
template <class Row>
std::vector<Row> registry_unproven(db::PgSession& db) {
    using Table = detail::RegistryTableOf<Row>;
    return all_of(db.exec(Table::unproven), Table::Rows::read);
}

/// The rows of an account: tokens, grants, codes, keys, passkeys. Locked.
template <class Row>
std::vector<Row> registry_of_account(db::PgSession& db, AccountId account) {
    using Table = detail::RegistryTableOf<Row>;
    return all_of(db.exec(Table::of_account, db::Params(account)), Table::Rows::read);
}

/// Calls `each` with every type of row.
template <class Each>
void for_each_registry_row(Each each) {
    detail::for_each_row(each, RegistryTables{});
}

}  // namespace sponsio::store

#pragma once

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// Rows by name. A table lists each column once, beside the member that it fills; select list, insert,
/// update, parameters and reader all come from that list, so neighbours of one type cannot be swapped unseen.
namespace sponsio::store {

namespace detail {

template <class Member>
struct MemberTraits;

template <class R, class T>
struct MemberTraits<T R::*> {
    using Row = R;
    using Type = T;
};

/// Fills any member until the column is read, also an Id, which has no default on purpose.
struct Blank {
    template <class T>
    operator T() const {
        if constexpr (std::is_default_constructible_v<T>)
            return T{};
        else
            return T{Uuid{}};
    }
};

/// A PostgreSQL array; bytes are a bytea.
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = !std::same_as<T, std::uint8_t>;

template <class A, class B>
constexpr bool same_member(A a, B b) {
    if constexpr (std::same_as<A, B>) return a == b;
    return false;
}

/// The decimal digits of a placeholder's number, which has two at most.
template <std::size_t N>
    requires(N < 100)
consteval auto placeholder() {
    constexpr char ones = static_cast<char>('0' + N % 10);
    if constexpr (N < 10)
        return SqlPiece<3>({'$', ones, '\0'});
    else
        return SqlPiece<4>({'$', static_cast<char>('0' + N / 10), ones, '\0'});
}

/// "$First, ..., $Last"
template <std::size_t First, std::size_t Last>
consteval auto placeholders() {
    if constexpr (First == Last)
        return placeholder<First>();
    else
        return placeholder<First>() + SqlPiece(", ") + placeholders<First + 1, Last>();
}

}  // namespace detail

/// A column and the member that it fills. An enum is stored as its word.
template <SqlPiece Name, auto Member>
struct Column {
    using Type = typename detail::MemberTraits<decltype(Member)>::Type;
    static constexpr auto member = Member;
    template <SqlPiece Prefix>
    static constexpr auto names_after = Prefix + Name;
    static constexpr auto names = Name;
    static constexpr std::size_t width = 1;
    /// Whether a proof of the row covers it: all but the proof itself.
    static constexpr bool is_stated = Name.view() != "proof" && Name.view() != "proof_key";

    static Type take(db::Rows::Row const& row, int at) {
        if constexpr (std::is_enum_v<Type>)
            return word_at<Type>(row, at);
        else if constexpr (requires { requires std::is_enum_v<typename Type::value_type>; })
            return optional_word_at<typename Type::value_type>(row, at);
        else if constexpr (detail::is_list<Type>)
            return row.get_array<typename Type::value_type>(at);
        else
            return row.get<Type>(at);
    }

    static void put(db::Params& params, Type const& value) {
        if constexpr (std::is_enum_v<Type>)
            params.add(domain::word(value));
        else if constexpr (requires { requires std::is_enum_v<typename Type::value_type>; })
            params.add(optional_word(value));
        else if constexpr (detail::is_list<Type>)
            params.add(array_of(value));
        else
            params.add(value);
    }
};

/// The three columns of a sealed value: `Content`, and the key that opens it.
template <SqlPiece Content, auto Member>
struct SealedColumn {
    using Type = SealedColumns;
    static constexpr auto member = Member;
    template <SqlPiece Prefix>
    static constexpr auto names_after = Prefix + Content + SqlPiece(", ") + Prefix +
                                        SqlPiece("wrapped_key, ") + Prefix + SqlPiece("master_key_id");
    static constexpr auto names = names_after<"">;
    static constexpr std::size_t width = 3;
    /// A sealed value vouches for itself, and is wrapped anew when keys end.
    static constexpr bool is_stated = false;

    static Type take(db::Rows::Row const& row, int at) { return sealed_at(row, at); }

    static void put(db::Params& params, Type const& value) { add(params, value); }
};

/// A table whose rows are `Row`, an aggregate. Its first column is the key.
template <SqlPiece Name, class Row, class Key, class... Columns>
class Table {
    template <class C>
    static void take(Row& value, db::Rows::Row const& row, int& at) {
        value.*C::member = C::take(row, at);
        at += static_cast<int>(C::width);
    }

    template <class C>
    static void state(std::string& text, Row const& row) {
        if constexpr (C::is_stated) {
            db::Params value;
            C::put(value, row.*C::member);
            if (value.all_null()) return;
            text += ' ';
            text += C::names.view();
            text += ' ';
            text += std::to_string(value.bytes().size());
            text += ':';
            text += value.bytes();
        }
    }

    template <auto Member, class First, class... Rest>
    static consteval auto column_of() {
        if constexpr (detail::same_member(First::member, Member))
            return First{};
        else
            return column_of<Member, Rest...>();
    }

    /// The column that a member is listed with.
    template <auto Member>
    using ColumnOf = decltype(column_of<Member, Columns...>());

    template <std::size_t At>
    static consteval auto separator() {
        if constexpr (At == 0)
            return SqlPiece("");
        else
            return SqlPiece(", ");
    }

  public:
    /// How many columns a row has.
    static constexpr std::size_t width = (Key::width + ... + Columns::width);

    /// "a, b, c"; with the prefix "t." "t.a, t.b, t.c", for a join.
    template <SqlPiece Prefix>
    static constexpr auto list_after =
        (Key::template names_after<Prefix> + ... + (SqlPiece(", ") + Columns::template names_after<Prefix>));
    static constexpr auto list = list_after<"">;

    /// "select ... from NAME ", for sql<> to go on with.
    static constexpr auto select = SqlPiece("select ") + list + SqlPiece(" from ") + Name + SqlPiece(" ");

    /// "insert into NAME (...) values (...)", with values().
    static constexpr auto insert = SqlPiece("insert into ") + Name + SqlPiece(" (") + list +
                                   SqlPiece(") values (") + detail::placeholders<1, width>() + SqlPiece(") ");

    /// What a step may change. None of its columns is sealed.
    template <auto... Members>
    class Update {
        template <std::size_t... At>
        static consteval auto assignments(std::index_sequence<At...>) {
            return (SqlPiece("") + ... +
                    (separator<At>() + ColumnOf<Members>::names + SqlPiece(" = ") +
                     detail::placeholder<At + 2>()));
        }

      public:
        /// "update NAME set ... where KEY = $1 ", with values().
        static constexpr auto text = SqlPiece("update ") + Name + SqlPiece(" set ") +
                                     assignments(std::make_index_sequence<sizeof...(Members)>()) +
                                     SqlPiece(" where ") + Key::names + SqlPiece(" = $1 ");

        static db::Params values(Row const& row) {
            db::Params params;
            Key::put(params, row.*Key::member);
            (ColumnOf<Members>::put(params, row.*Members), ...);
            return params;
        }
    };

    /// What a proof of the row (service::prove_row) covers: the table, and each column by name with its
    /// value's length and binary form. What is NULL is left out, so that a proof outlives a column that is
    /// added later.
    static std::string statement(Row const& row) {
        std::string text(Name.view());
        state<Key>(text, row);
        (state<Columns>(text, row), ...);
        return text;
    }

    static Row read(db::Rows::Row const& row) { return read_at(row, 0); }

    /// The row of this table in a joined one, from that column on.
    static Row read_at(db::Rows::Row const& row, int at) {
        Row value{detail::Blank{}, (static_cast<void>(Columns::width), detail::Blank{})...};
        take<Key>(value, row, at);
        (take<Columns>(value, row, at), ...);
        return value;
    }

    /// All columns of a row, in the order of the insert.
    static db::Params values(Row const& row) {
        db::Params params;
        Key::put(params, row.*Key::member);
        (Columns::put(params, row.*Columns::member), ...);
        return params;
    }
};

}  // namespace sponsio::store

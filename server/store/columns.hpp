#pragma once

#include "server/db/params.hpp"
#include "server/db/rows.hpp"
#include "server/db/session.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

/// Conversion of rows to values and back: whole rows, and values that take several columns or a word.
namespace sponsio::store {

/// Before everything that is stored; `far_off` is after it.
inline constexpr Instant long_ago{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
inline constexpr Instant far_off{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

template <class Of>
using RowValue = std::invoke_result_t<Of, db::Rows::Row const&>;

/// `of` applied to the first row; nothing if there is none.
template <class Of>
std::optional<RowValue<Of>> first_of(db::Rows const& rows, Of of) {
    if (rows.empty()) return std::nullopt;
    return of(rows[0]);
}

/// `of` applied to each row.
template <class Of>
std::vector<RowValue<Of>> all_of(db::Rows const& rows, Of of) {
    std::vector<RowValue<Of>> list;
    list.reserve(rows.size());
    for (auto const& row : rows) list.push_back(of(row));
    return list;
}

/// The first column of the first row; nothing if there is none.
template <class T>
std::optional<T> value_of(db::Rows const& rows) {
    return first_of(rows, [](db::Rows::Row const& row) { return row.get<T>(0); });
}

/// The first column of all rows.
template <class T>
std::vector<T> column_of(db::Rows const& rows) {
    return all_of(rows, [](db::Rows::Row const& row) { return row.get<T>(0); });
}

template <std::ranges::input_range Values>
db::Array<std::ranges::range_value_t<Values>> array_of(Values const& values) {
    db::Array<std::ranges::range_value_t<Values>> array;
    for (auto const& value : values) array.push(value);
    return array;
}

/// The enumerator of a word; the table's CHECK admits only known words.
template <class Enum>
Enum word_at(db::Rows::Row const& row, int column) {
    if (auto value = domain::from_word<Enum>(row.get<std::string>(column))) return *value;
    throw std::logic_error("column " + std::to_string(column) + " holds an unknown word");
}

template <class Enum>
std::optional<Enum> optional_word_at(db::Rows::Row const& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return word_at<Enum>(row, column);
}

/// A sealed value in three neighbouring columns: content, wrapped_key, master_key_id.
inline SealedColumns sealed_at(db::Rows::Row const& row, int column) {
    return {row.get<std::vector<std::uint8_t>>(column),
            row.get<std::optional<std::vector<std::uint8_t>>>(column + 1),
            row.get<std::optional<std::string>>(column + 2)};
}

inline db::Params& add(db::Params& params, SealedColumns const& sealed) {
    return params.add(sealed.content).add(sealed.wrapped_key).add(sealed.master_key_id);
}

/// The three columns of sealed values, for many rows.
struct SealedArrays {
    db::Array<std::vector<std::uint8_t>> contents, keys;
    db::Array<std::string> key_ids;

    void push(SealedColumns const& sealed) {
        contents.push(sealed.content);
        keys.push(sealed.wrapped_key);
        key_ids.push(sealed.master_key_id);
    }
};

inline db::Params& add(db::Params& params, SealedArrays const& sealed) {
    return params.add(sealed.contents).add(sealed.keys).add(sealed.key_ids);
}

template <class Enum>
std::optional<std::string> optional_word(std::optional<Enum> const& value) {
    if (!value) return std::nullopt;
    return std::string(domain::word(*value));
}

}  // namespace sponsio::store

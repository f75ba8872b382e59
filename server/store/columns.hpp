#pragma once

#include "server/db/params.hpp"
#include "server/db/rows.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/store/idempotency.hpp"

#include <stdexcept>
#include <string>

/// Values that lie in more than one column, or as a word.
namespace sponsio::store {

/// A word that the table's CHECK let in is one of ours.
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

/// Three columns in a row: content, wrapped_key, master_key_id.
inline SealedColumns sealed_at(db::Rows::Row const& row, int column) {
    return {row.get<std::vector<std::uint8_t>>(column),
            row.get<std::optional<std::vector<std::uint8_t>>>(column + 1),
            row.get<std::optional<std::string>>(column + 2)};
}

inline db::Params& add(db::Params& params, SealedColumns const& sealed) {
    return params.add(sealed.content).add(sealed.wrapped_key).add(sealed.master_key_id);
}

/// The three columns of many rows.
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

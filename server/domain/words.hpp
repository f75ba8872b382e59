#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

/// Closed lists: enumerations that are stored and spoken as words. A list is written once, beside its
/// enumeration; the contract, the constraints of the tables and the statements are held to it.
namespace sponsio::domain {

template <class Enum>
struct Word {
    Enum value;
    std::string_view text;
};

namespace detail {

template <class Enum, std::size_t N>
consteval std::array<Word<Enum>, N> each_once(std::array<Word<Enum>, N> const& list) {
    for (auto row = list.begin(); row != list.end(); ++row)
        for (auto other = list.begin(); other != row; ++other)
            if (row->value == other->value || row->text == other->text)
                throw "a closed list says each value and each word once";
    return list;
}

}  // namespace detail

/// The list of an enumeration: what `constexpr words_of(Enum)` beside it gives, found by ADL.
template <class Enum>
inline constexpr auto words = detail::each_once(words_of(Enum{}));

template <class Enum>
constexpr std::string_view word(Enum value) {
    for (auto const& row : words<Enum>)
        if (row.value == value) return row.text;
    return {};
}

template <class Enum>
constexpr std::optional<Enum> from_word(std::string_view text) {
    for (auto const& row : words<Enum>)
        if (row.text == text) return row.value;
    return std::nullopt;
}

}  // namespace sponsio::domain

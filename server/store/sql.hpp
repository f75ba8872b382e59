#pragma once

#include "server/domain/words.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

/// Composition of statements from pieces, so that a column list is written once.
namespace sponsio::store {

/// A piece of a statement, a literal in the source.
template <std::size_t N>
struct SqlPiece {
    char text[N]{};

    consteval SqlPiece() = default;

    consteval SqlPiece(char const (&written)[N]) {
        for (std::size_t i = 0; i != N; ++i) text[i] = written[i];
    }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }

    template <std::size_t M>
    consteval SqlPiece<N + M - 1> operator+(SqlPiece<M> const& next) const {
        char joined[N + M - 1]{};
        std::ranges::copy(next.text, std::ranges::copy(view(), joined).out);
        return SqlPiece<N + M - 1>(joined);
    }
};

namespace detail {

template <SqlPiece... Pieces>
consteval auto join() {
    SqlPiece<(Pieces.view().size() + ... + 1)> joined;
    char* end = joined.text;
    ((end = std::ranges::copy(Pieces.view(), end).out), ...);
    return joined;
}

template <auto First, auto... Others>
consteval auto quote() {
    constexpr std::string_view words[] = {domain::word(First), domain::word(Others)...};
    constexpr std::size_t letters = (domain::word(First).size() + ... + domain::word(Others).size());
    SqlPiece<letters + 2 * std::size(words) + 2 * sizeof...(Others) + 1> piece;
    char* end = piece.text;
    for (std::string_view word : words) {
        if (end != piece.text) end = std::ranges::copy(std::string_view(", "), end).out;
        *end++ = '\'';
        end = std::ranges::copy(word, end).out;
        *end++ = '\'';
    }
    return piece;
}

}  // namespace detail

/// The words of closed lists as they stand in a statement: `quoted<TaskState::created>` is 'created', and of
/// several 'created', 'assigned'. They are part of its text and no parameters, since PostgreSQL takes a
/// partial index only where the statement says what the index says.
template <auto... Values>
inline constexpr auto quoted = detail::quote<Values...>();

/// The pieces one after the other, put together by the compiler, as a piece of more than one statement.
template <SqlPiece... Pieces>
inline constexpr auto piece = detail::join<Pieces...>();

/// A whole statement of pieces: `sql<columns, " where id = $1">`.
template <SqlPiece... Pieces>
inline constexpr std::string_view sql = piece<Pieces...>.view();

}  // namespace sponsio::store

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

/// Statements that read the same columns say so once.
namespace sponsio::store {

/// A piece of a statement, written in the source.
template <std::size_t N>
struct SqlPiece {
    char text[N]{};

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
consteval auto join_pieces() {
    std::array<char, (Pieces.view().size() + ...)> joined{};
    char* end = joined.data();
    ((end = std::ranges::copy(Pieces.view(), end).out), ...);
    return joined;
}

template <SqlPiece... Pieces>
inline constexpr auto joined_pieces = join_pieces<Pieces...>();

}  // namespace detail

/// The pieces one after the other, put together by the compiler: `sql<columns, " where id = $1">`.
template <SqlPiece... Pieces>
inline constexpr std::string_view sql{detail::joined_pieces<Pieces...>.data(),
                                      detail::joined_pieces<Pieces...>.size()};

}  // namespace sponsio::store

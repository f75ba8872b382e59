#pragma once

#include <cstddef>
#include <string_view>

namespace sponsio::http {

/// A string literal. Header names and fixed content types have this type, so that no computed text, and none
/// that is destroyed before the response is written, can take their place.
class Literal {
  public:
    consteval Literal() = default;

    template <std::size_t N>
    consteval Literal(char const (&text)[N]) : text_(text, N - 1) {}

    constexpr operator std::string_view() const noexcept { return text_; }

    [[nodiscard]] constexpr bool empty() const noexcept { return text_.empty(); }

  private:
    std::string_view text_{};
};

}  // namespace sponsio::http

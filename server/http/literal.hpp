#pragma once

#include <cstddef>
#include <string_view>

namespace sponsio::http {

/// A text written in the source. Header names and fixed content types are of this type, so that nothing
/// computed, and nothing that dies before the response is written, can take their place.
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

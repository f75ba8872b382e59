#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::http {

/// The header fields of one request, in the order received, in one buffer that the connection reuses.
class Headers {
  public:
    void add(std::string_view name, std::string_view value);
    void clear() noexcept;

    /// The first field of that name, compared without regard to case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
    /// All fields of that name as one list (RFC 9110 §5.3); nothing if there is none.
    [[nodiscard]] std::optional<std::string> list(std::string_view name) const;

    [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }

    /// Bytes of names and values together.
    [[nodiscard]] std::size_t bytes() const noexcept { return text_.size(); }

  private:
    struct Place {
        std::uint32_t at;
        std::uint16_t name;
        std::uint16_t value;
    };

    std::string text_;
    std::vector<Place> fields_;
};

/// Compares ASCII letters without regard to case, as for field names and media types.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace sponsio::http

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::http {

/// The path and query of a request target (RFC 9112 §3.2). Segments are split before they are
/// percent-decoded, so that an encoded slash never makes two of one.
class Target {
  public:
    static constexpr std::size_t max_segments = 16;
    static constexpr std::size_t max_parameters = 64;

    /// Parses the origin form or the absolute form. Returns false, to be answered with 400, for: dot
    /// segments, encoded slashes or backslashes, control characters, bad percent escapes, text that is not
    /// UTF-8, empty segments (other than one at the end), too many pieces.
    [[nodiscard]] bool assign(std::string_view raw);

    /// The path as received, without the query.
    [[nodiscard]] std::string_view path() const noexcept { return path_; }

    [[nodiscard]] std::size_t segments() const noexcept { return segment_count_; }

    [[nodiscard]] std::string_view segment(std::size_t i) const noexcept { return text(segments_[i]); }

    /// The path as received, from that segment on.
    [[nodiscard]] std::string_view path_from(std::size_t segment) const noexcept;

    struct Parameter {
        std::string_view name, value;
    };

    [[nodiscard]] std::size_t parameters() const noexcept { return parameters_.size(); }

    [[nodiscard]] Parameter parameter(std::size_t i) const noexcept;
    /// The first parameter of that name.
    [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const noexcept;

  private:
    struct Piece {
        std::uint32_t at = 0, size = 0;
    };

    [[nodiscard]] std::string_view text(Piece p) const noexcept {
        return std::string_view(decoded_).substr(p.at, p.size);
    }

    bool add_segments(std::string_view path);
    bool add_parameters(std::string_view query);
    std::optional<Piece> decode(std::string_view raw, bool in_query);

    std::string path_;
    std::string decoded_;
    std::array<Piece, max_segments> segments_{};
    std::size_t segment_count_ = 0;
    std::vector<std::pair<Piece, Piece>> parameters_;
};

}  // namespace sponsio::http

#include "crypto/log/end.hpp"

#include "crypto/log/entry.hpp"
#include "text/decimal.hpp"

#include <string_view>

namespace sponsio::crypto {
namespace {

constexpr std::string_view ended_word = "ended ", continues_word = "continues ",
                           published_word = "published ";

std::optional<std::string_view> behind(std::string_view word, std::string_view line) {
    if (!line.starts_with(word) || line.size() == word.size()) return std::nullopt;
    return line.substr(word.size());
}

std::optional<LogEnd::Head> head_in(std::string_view text) {
    auto const space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    auto const size = parse_decimal(text.substr(0, space));
    auto const root = as_digest(from_base64(text.substr(space + 1)));
    if (!size || !root) return std::nullopt;
    return LogEnd::Head{*size, *root};
}

}  // namespace

std::vector<std::string> LogEnd::lines() const {
    std::vector<std::string> lines{std::string(ended_word) + at, std::string(continues_word) + continues};
    if (published)
        lines.push_back(std::string(published_word) + std::to_string(published->size) + " " +
                        to_base64(published->root));
    return lines;
}

std::optional<LogEnd> LogEnd::of(Checkpoint const& checkpoint) {
    auto const& lines = checkpoint.extensions;
    if (lines.size() != 2 && lines.size() != 3) return std::nullopt;
    auto const at = behind(ended_word, lines[0]);
    auto const origin = behind(continues_word, lines[1]);
    if (!at || !is_utc_time(*at) || !origin) return std::nullopt;
    LogEnd end{.at = std::string(*at), .continues = std::string(*origin)};
    if (lines.size() == 3) {
        auto const text = behind(published_word, lines[2]);
        end.published = text ? head_in(*text) : std::nullopt;
        if (!end.published) return std::nullopt;
    }
    return end;
}

}  // namespace sponsio::crypto

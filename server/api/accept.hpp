#pragma once

#include <optional>
#include <span>
#include <string_view>

/// Request headers that decide the form of the answer.
namespace sponsio::api {

/// The offered media type that an Accept header prefers (RFC 9110 §12.5.1); the first one among equals.
/// Nothing if it refuses all. An empty header accepts any.
std::optional<std::string_view> preferred(std::string_view accept, std::span<std::string_view const> offered);

/// RFC 9110 §8.8.3.2: by the weak one W/"1" and "1" are equal, by the strong one
/// nothing is equal to a weak tag.
enum class Comparison : unsigned char { weak, strong };

/// Whether the list of an If-Match (strong) or If-None-Match (weak) is `*` or holds this strong ETag (RFC
/// 9110 §13.1). Nothing if it is no list of tags.
std::optional<bool> matches_etag(std::string_view list, std::string_view etag, Comparison by);

/// As matches_etag(); false for a list that is malformed.
inline bool names_etag(std::string_view list, std::string_view etag, Comparison by) {
    return matches_etag(list, etag, by).value_or(false);
}

}  // namespace sponsio::api

#pragma once

#include <optional>
#include <span>
#include <string_view>

/// What a request's header says about the form of the answer.
namespace sponsio::api {

/// The offered media type that an Accept header likes best (RFC 9110 §12.5.1); the first one where it does
/// not care. Nothing if it refuses all. An empty header takes anything.
std::optional<std::string_view> preferred(std::string_view accept, std::span<std::string_view const> offered);

/// Whether an If-None-Match header holds this strong ETag, by weak comparison, or `*` (RFC 9110 §13.1.2).
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace sponsio::api

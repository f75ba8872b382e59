#pragma once

#include "server/base/fault.hpp"

#include <string>
#include <string_view>

/// What the bytes of a file are, whatever its sender says.
namespace sponsio::service {

/// The media type that the beginning of a file shows, with the charset of a text: "image/jpeg",
/// "text/plain; charset=utf-8". "application/octet-stream" where nothing is recognised.
std::string seen_type(std::string_view beginning);

/// The type to keep a file under: the declared one, or what is seen if nothing was declared. Fault:
/// problem::invalid for header:Content-Type, naming what is seen, if the bytes are something else.
Outcome<std::string> settle_type(std::string const& declared, std::string_view beginning);

/// Whether a file that looks like `seen` may be what is declared. Types that nobody tells apart by their
/// first bytes count as one: a document of an office or OFD is a zip archive.
bool types_agree(std::string_view declared, std::string_view seen);

}  // namespace sponsio::service

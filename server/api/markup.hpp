#pragma once

#include "server/base/fault.hpp"
#include "server/http/language.hpp"

#include <string>
#include <string_view>

/// Text within markup (HTML, XML). Whatever is not the program's own goes through escaped().
namespace sponsio::api {

/// The text as content or as the value of a quoted attribute.
std::string escaped(std::string_view text);

/// <name>text</name>, the text escaped.
std::string element(std::string_view name, std::string_view text);

/// A text of the program's own, in the reader's language.
inline std::string_view in(http::Language language, std::string_view en, std::string_view zh) {
    return language == http::Language::english ? en : zh;
}

inline std::string in(http::Language language, Bilingual const& text) {
    return language == http::Language::english ? text.en : text.zh;
}

}  // namespace sponsio::api

#pragma once

#include <cstdint>
#include <string_view>

namespace sponsio::http {

enum class Language : std::uint8_t { chinese, english };

/// "zh-CN" or "en", as in Content-Language.
[[nodiscard]] std::string_view tag(Language language);

/// The better of the two by an Accept-Language value (RFC 9110 §12.5.4); Chinese if it says nothing of
/// either.
[[nodiscard]] Language preferred_language(std::string_view accept_language);

}  // namespace sponsio::http

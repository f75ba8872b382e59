#pragma once

#include <cstdint>
#include <string_view>

namespace sponsio::http {

enum class Language : std::uint8_t { chinese, english };

/// The language tag of Content-Language: "zh-CN" or "en".
[[nodiscard]] std::string_view tag(Language language);

/// The language that an Accept-Language value prefers (RFC 9110 §12.5.4); Chinese if it names neither.
[[nodiscard]] Language preferred_language(std::string_view accept_language);

}  // namespace sponsio::http

#pragma once

#include <string>
#include <string_view>

namespace sponsio {

/// Percent-encodes everything but the unreserved characters (RFC 3986 §2.1, §2.3; in upper case), appended.
/// So it also fits an extended header parameter (RFC 8187 §3.2.1).
void append_percent_encoded(std::string& out, std::string_view text);

inline std::string percent_encoded(std::string_view text) {
    std::string out;
    append_percent_encoded(out, text);
    return out;
}

}  // namespace sponsio

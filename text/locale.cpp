#include "text/locale.hpp"

#include <cstdlib>

namespace sponsio {

std::string locale_of_messages() {
    for (char const* const name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (char const* const value = std::getenv(name); value && *value) return value;
    return {};
}

bool asks_for_chinese() {
    return locale_of_messages().starts_with("zh");
}

}  // namespace sponsio

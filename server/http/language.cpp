#include "server/http/language.hpp"

#include "server/http/headers.hpp"

namespace sponsio::http {
namespace {

std::string_view trimmed(std::string_view text) {
    auto const blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Cuts the text before `separator`, and the separator, off the front.
std::string_view take(std::string_view& text, char separator) {
    std::size_t const at = text.find(separator);
    std::string_view const head = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    return trimmed(head);
}

/// The qvalue in thousandths (RFC 9110 §12.4.2); a malformed one counts as 0, so that it never wins.
int quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    int value = (text[0] - '0') * 1000;
    if (text.size() > 1 && text[1] != '.') return 0;
    int weight = 100;
    for (char c : text.substr(text.size() > 1 ? 2 : 1)) {
        if (c < '0' || c > '9') return 0;
        value += (c - '0') * weight;
        weight /= 10;
    }
    return value > 1000 ? 0 : value;
}

/// Whether a language range (RFC 4647 §2.1) asks for that primary language.
bool asks_for(std::string_view range, std::string_view primary) {
    return equal_ignoring_case(range.substr(0, range.find('-')), primary);
}

}  // namespace

std::string_view tag(Language language) {
    return language == Language::english ? "en" : "zh-CN";
}

Language preferred_language(std::string_view accept_language) {
    int chinese = -1, english = -1, any = 0;
    while (!accept_language.empty()) {
        std::string_view item = take(accept_language, ',');
        std::string_view const range = take(item, ';');
        int q = 1000;
        while (!item.empty()) {
            std::string_view parameter = take(item, ';');
            if (equal_ignoring_case(take(parameter, '='), "q")) q = quality(trimmed(parameter));
        }
        if (asks_for(range, "zh")) chinese = q > chinese ? q : chinese;
        if (asks_for(range, "en")) english = q > english ? q : english;
        if (range == "*") any = q;
    }
    if (chinese < 0) chinese = any;
    if (english < 0) english = any;
    return english > chinese ? Language::english : Language::chinese;
}

}  // namespace sponsio::http

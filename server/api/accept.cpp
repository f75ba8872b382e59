#include "server/api/accept.hpp"

#include "server/http/headers.hpp"

#include <algorithm>
#include <compare>

namespace sponsio::api {
namespace {

using http::equal_ignoring_case;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    std::size_t const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Cuts the piece up to `separator` off the front.
std::string_view take(std::string_view& rest, char separator) {
    std::size_t const end = rest.find(separator);
    std::string_view const piece = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return piece;
}

/// A weight such as "0.5" in thousandths; a malformed one counts as 1, so that a
/// sloppy client gets an answer.
int thousandths(std::string_view weight) {
    if (weight.empty() || weight[0] != '0') return 1000;
    int value = 0, place = 100;
    for (char c : weight.substr(std::min<std::size_t>(2, weight.size()))) {
        if (c < '0' || c > '9' || place == 0) return 1000;
        value += (c - '0') * place;
        place /= 10;
    }
    return value;
}

struct Liking {
    int weight = 0;
    int precision = 0;  ///< 1 for */*, 2 for type/*, 3 for the type itself
    auto operator<=>(Liking const&) const = default;
};

int precision_of(std::string_view range, std::string_view type) {
    if (equal_ignoring_case(range, type)) return 3;
    std::size_t const slash = type.find('/');
    if (range.ends_with("/*") &&
        equal_ignoring_case(range.substr(0, range.size() - 2), type.substr(0, slash)))
        return 2;
    return range == "*/*" ? 1 : 0;
}

/// The weight that the most precise range gives to the type.
Liking liking(std::string_view accept, std::string_view type) {
    Liking found;
    while (!accept.empty()) {
        std::string_view parameters = take(accept, ',');
        int const precision = precision_of(take(parameters, ';'), type);
        if (precision <= found.precision) continue;
        found = {1000, precision};
        while (!parameters.empty()) {
            std::string_view const one = take(parameters, ';');
            if (one.size() > 2 && equal_ignoring_case(one.substr(0, 2), "q="))
                found.weight = thousandths(one.substr(2));
        }
    }
    return found;
}

}  // namespace

std::optional<std::string_view> preferred(std::string_view accept,
                                          std::span<std::string_view const> offered) {
    if (trimmed(accept).empty()) accept = "*/*";
    std::optional<std::string_view> best;
    Liking most;
    for (std::string_view type : offered) {
        Liking const how = liking(accept, type);
        if (how.weight > 0 && how > most) {
            most = how;
            best = type;
        }
    }
    return best;
}

std::optional<bool> matches_etag(std::string_view list, std::string_view etag, Comparison by) {
    if (trimmed(list) == "*") return true;
    bool found = false, any = false;
    for (;;) {
        list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
        if (list.empty()) break;
        bool const weak = list.starts_with("W/");
        if (weak) list.remove_prefix(2);
        std::size_t const close = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
        if (close == std::string_view::npos) return std::nullopt;
        std::string_view const tag = list.substr(0, close + 1);
        list.remove_prefix(close + 1);
        if (auto const next = list.find_first_not_of(" \t"); next != list.npos && list[next] != ',')
            return std::nullopt;
        any = true;
        found = found || (tag == etag && !(weak && by == Comparison::strong));
    }
    if (!any) return std::nullopt;
    return found;
}

}  // namespace sponsio::api

#pragma once

#include "server/base/fault.hpp"
#include "server/base/form.hpp"
#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/decode.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::service {

/// A page of a list.
struct Page {
    std::vector<domain::Json> items;
    std::string last_key{};  ///< what the next page begins after; empty where there are no items

    void add(domain::Json item, std::string key) {
        items.push_back(std::move(item));
        last_key = std::move(key);
    }
};

/// "<time> <name>" of a row, which a list in the order of time and name goes on after.
std::string list_key(Instant at, std::string_view name);

/// The two halves of such a key as they were written; nothing if there is no blank.
std::optional<std::pair<std::string_view, std::string_view>> split_list_key(std::string_view key);

/// What a key stands for: nothing at the beginning of the list, where it is empty. problem::invalid for the
/// cursor if it has not that form. `Name` is a string or a type of id.
template <class Name>
Outcome<std::optional<std::pair<Instant, Name>>> place_of(std::string const& key) {
    using Place = std::optional<std::pair<Instant, Name>>;
    if (key.empty()) return Place{};
    auto const halves = split_list_key(key);
    auto const at = halves ? parse_rfc3339(halves->first) : std::nullopt;
    if (!at) return bad_field("query:cursor", reason::bad_format, form::cursor);
    if constexpr (std::is_same_v<Name, std::string>)
        return Place{{*at, std::string(halves->second)}};
    else if (auto const id = Name::parse(halves->second))
        return Place{{*at, *id}};
    return bad_field("query:cursor", reason::bad_format, form::cursor);
}

}  // namespace sponsio::service

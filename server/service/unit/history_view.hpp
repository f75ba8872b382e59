#pragma once

#include "server/domain/decode.hpp"
#include "server/store/events.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// Parts that the answers of several resources share.
namespace sponsio::service {

inline domain::Json or_null(std::optional<std::string> const& text) {
    return text ? domain::Json(*text) : domain::Json();
}

inline domain::Json or_null(std::optional<Instant> const& at) {
    return at ? domain::Json(to_rfc3339(*at)) : domain::Json();
}

inline domain::Json or_null(std::optional<Date> const& day) {
    return day ? domain::Json(to_iso(*day)) : domain::Json();
}

inline domain::Json or_null(std::optional<std::int32_t> number) {
    return number ? domain::Json(*number) : domain::Json();
}

template <class Tag>
domain::Json or_null(std::optional<Id<Tag>> const& id) {
    return id ? domain::Json(id->text()) : domain::Json();
}

template <class Enum>
    requires std::is_enum_v<Enum>
domain::Json or_null(std::optional<Enum> const& value) {
    return value ? domain::Json(domain::word(*value)) : domain::Json();
}

/// {at, from, event, to, by, why, rule}
domain::JsonObject event_view(store::Event const& event);
/// An event_view with event_id, lifecycle, subject and actor_kind: all that the chained history is made of.
domain::JsonObject audit_view(store::EventPage::Row const& row);
/// [event_view], oldest first.
domain::Json history_view(std::vector<store::Event> const& events);

}  // namespace sponsio::service

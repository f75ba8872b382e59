#pragma once

#include "server/base/fault.hpp"
#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"
#include "text/json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// From JSON bytes to values: every bad field is collected with its pointer, so that a caller hears of all at
/// once.
namespace sponsio::domain {

using Json = json::Value;
using JsonObject = json::Object;

/// The strict reader's verdict as a fault: `bad_json` with a pointer where one can be named.
Outcome<Json> parse_json(std::string_view body);

/// Lengths are counted in Unicode code points.
struct Length {
    std::size_t min = 1;
    std::size_t max;
};

/// Reads the members of one JSON object. Each getter notes what is wrong and answers with an empty value;
/// `close()` notes members nobody asked for. The values count only if the error list stayed empty.
class Fields {
  public:
    /// `value` need not be an object: that is then the error.
    Fields(Json const& value, std::string pointer, std::vector<FieldError>& errors);

    std::string text(std::string_view name, Length length);
    std::optional<std::string> optional_text(std::string_view name, Length length);
    std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min, std::int64_t max);
    bool boolean(std::string_view name);
    std::optional<bool> optional_boolean(std::string_view name);
    Date date(std::string_view name);
    std::optional<Date> optional_date(std::string_view name);
    Instant instant(std::string_view name);
    std::optional<Instant> optional_instant(std::string_view name);
    Bilingual bilingual(std::string_view name, Length length);
    std::optional<Bilingual> optional_bilingual(std::string_view name, Length length);

    template <class Enum>
    Enum choice(std::string_view name) {
        std::string const text_value = text(name, {.max = 64});
        if (!text_value.empty()) {
            if (auto value = from_word<Enum>(text_value)) return *value;
            refuse(name, reason::unknown_value);
        }
        return Enum{};
    }

    template <class AnyId>
    AnyId id(std::string_view name) {
        std::string const text_value = text(name, {.max = 64});
        if (auto value = AnyId::parse(text_value)) return *value;
        if (!text_value.empty()) refuse(name, reason::bad_format);
        return AnyId{Uuid{}};
    }

    /// The object under `name`, read by `read`; noted as missing if it is not there.
    void object(std::string_view name, std::function<void(Fields&)> const& read);
    /// The same, but absent or null is fine. True if it was there.
    bool optional_object(std::string_view name, std::function<void(Fields&)> const& read);
    /// Every object of the array under `name`.
    void objects(std::string_view name, Length count, std::function<void(Fields&)> const& read);
    std::vector<std::string> texts(std::string_view name, Length count, Length each);
    std::vector<std::int64_t> integers(std::string_view name, Length count, std::int64_t min,
                                       std::int64_t max);

    /// Notes an error at this object's member, or at the object itself when `name` is empty.
    void refuse(std::string_view name, Reason const& why);
    void close();

  private:
    Fields(std::string pointer, std::vector<FieldError>& errors);  ///< for an element that is no object
    Json const* member(std::string_view name, bool required);
    std::int64_t checked_integer(std::string_view name, Json const& value, std::int64_t min,
                                 std::int64_t max);
    std::optional<std::string> checked_text(std::string_view name, Json const* value, Length length);
    std::optional<Date> checked_date(std::string_view name, std::optional<std::string> const& text);
    json::Array const* checked_array(std::string_view name, Length count);
    void read_object(Json const& value, std::string pointer, std::function<void(Fields&)> const& read);
    [[nodiscard]] std::string pointer_to(std::string_view name) const;

    JsonObject const* object_;
    std::string pointer_;
    std::vector<FieldError>& errors_;
    std::vector<std::string_view> asked_;
};

/// Reads a whole object: what `read` returns, or a fault with all bad fields.
template <class Read>
auto decode(Json const& json, Read read) -> Outcome<decltype(read(std::declval<Fields&>()))> {
    std::vector<FieldError> errors;
    Fields fields(json, "", errors);
    auto value = read(fields);
    fields.close();
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    return value;
}

/// {"zh": ..., "en": ...}
Json to_json(Bilingual const& text);

/// Unicode code points in valid UTF-8.
std::size_t code_points(std::string_view utf8);

/// An organisation's or person's text field: no control characters except line breaks and tabs.
bool has_control_characters(std::string_view utf8);
/// Nothing but blanks and line breaks, as wide as they may be: not something anybody said.
bool is_blank_text(std::string_view utf8);

}  // namespace sponsio::domain

#pragma once

#include "server/base/fault.hpp"
#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/words.hpp"
#include "text/json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// From JSON bytes to values. Bad fields are collected with their pointers and reported all at once.
namespace sponsio::domain {

using Json = json::Value;
using JsonObject = json::Object;

/// Parses strictly. Fault: `bad_json`, with a pointer where there is one.
Outcome<Json> parse_json(std::string_view body);

/// Lengths are counted in Unicode code points.
struct Length {
    std::size_t min = 1;
    std::size_t max;
};

/// The words of a closed list, for a refusal.
template <class Enum>
std::vector<std::string> allowed_words() {
    std::vector<std::string> list;
    list.reserve(std::size(words<Enum>));
    for (auto const& row : words<Enum>) list.emplace_back(row.text);
    return list;
}

/// Reads the members of one JSON object. Each getter notes an error and returns an empty value; `close()`
/// notes unknown members. The values count only if the error list stayed empty.
class Fields {
  public:
    /// A `value` that is not an object is noted as an error.
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
        auto const given = chosen(name, allowed_words<Enum>);
        if (!given) return Enum{};
        if (auto value = from_word<Enum>(*given)) return *value;
        refuse(name, reason::unknown_value, {.words = allowed_words<Enum>()});
        return Enum{};
    }

    template <class AnyId>
    AnyId id(std::string_view name) {
        std::string const given = identifier(name);
        if (auto value = AnyId::parse(given)) return *value;
        if (!given.empty()) refuse_identifier(name);
        return AnyId{Uuid{}};
    }

    /// Reads the object under `name` with `read`; notes an error if it is missing.
    void object(std::string_view name, std::function<void(Fields&)> const& read);
    /// Reads the object under `name` if there is one and it is not null; returns whether there was.
    bool optional_object(std::string_view name, std::function<void(Fields&)> const& read);
    /// Reads every object of the array under `name`.
    void objects(std::string_view name, Length count, std::function<void(Fields&)> const& read);
    std::vector<std::string> texts(std::string_view name, Length count, Length each);
    std::vector<std::int64_t> integers(std::string_view name, Length count, std::int64_t min,
                                       std::int64_t max);

    /// Notes an error at this object's member, or at the object itself when `name` is empty.
    void refuse(std::string_view name, Reason const& why, Wanted wanted = {});
    void refuse(std::string_view name, Reason const& why, Form const& form);
    /// The same for the element `index` of the array under `name`.
    void refuse_element(std::string_view name, std::size_t index, Reason const& why, Wanted wanted = {});
    void close();

  private:
    Fields(std::string pointer, std::vector<FieldError>& errors);  ///< for an element that is no object
    Json const* member(std::string_view name, bool required, Wanted const& wanted);
    std::optional<std::string> chosen(std::string_view name, std::vector<std::string> (*words)());
    std::string identifier(std::string_view name);
    void refuse_identifier(std::string_view name);
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

/// Reads a whole object with `read`; returns its result, or a fault with all bad fields.
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

/// The number of Unicode code points in valid UTF-8.
std::size_t code_points(std::string_view utf8);

/// Whether a text has control characters other than line breaks and tabs.
bool has_control_characters(std::string_view utf8);
/// Whether a text is empty but for spaces of any width and line breaks.
bool is_blank_text(std::string_view utf8);

}  // namespace sponsio::domain

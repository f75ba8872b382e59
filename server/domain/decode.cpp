#include "server/domain/decode.hpp"

#include "server/base/form.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

constexpr Reason not_one_text{"syntax", "is not JSON", "不是有效的 JSON"};
constexpr Reason nul_character{"nul_character", "contains U+0000", "含有 U+0000 字符"};
constexpr Reason lone_surrogate{"lone_surrogate", "contains half a surrogate pair", "含有不成对的代理项"};
constexpr Reason bad_utf8{"bad_utf8", "is not UTF-8", "不是有效的 UTF-8"};
constexpr Reason not_integer{"number_not_integer", "is a number with a fraction or an exponent",
                             "数字须为整数"};
constexpr Reason number_too_large{"number_too_large", "is a number beyond 2^53", "数字过大"};
constexpr Reason too_deep{"too_deep", "is nested too deeply", "嵌套层数过多"};
constexpr Reason too_many{"too_many_values", "has too many values", "元素过多"};

Reason const& reason_of(std::string_view code) {
    namespace e = json::error;

    struct Row {
        std::string_view code;
        Reason const* reason;
    };

    static constexpr Row rows[] = {{e::duplicate_key, &reason::duplicate_key},
                                   {e::nul_character, &nul_character},
                                   {e::lone_surrogate, &lone_surrogate},
                                   {e::bad_utf8, &bad_utf8},
                                   {e::control_character, &reason::bad_character},
                                   {e::number_not_integer, &not_integer},
                                   {e::number_too_large, &number_too_large},
                                   {e::too_deep, &too_deep},
                                   {e::too_many_values, &too_many},
                                   {e::too_large, &reason::too_long}};
    for (Row const& row : rows)
        if (row.code == code) return *row.reason;
    return not_one_text;
}

Wanted wanted_instead_of(std::string_view code) {
    namespace e = json::error;
    json::Limits const limits;
    if (code == e::too_deep) return {.max = limits.max_depth, .unit = &unit::levels};
    if (code == e::too_many_values)
        return {.max = static_cast<std::int64_t>(limits.max_values), .unit = &unit::entries};
    if (code == e::number_too_large)
        return {.min = -json::max_safe_integer, .max = json::max_safe_integer, .form = &form::integer};
    if (code == e::number_not_integer) return {.form = &form::integer};
    if (code == e::nul_character || code == e::control_character) return {.form = &form::printable};
    return {.form = &form::json};
}

Wanted text_of(Length length) {
    return {.min = static_cast<std::int64_t>(length.min),
            .max = static_cast<std::int64_t>(length.max),
            .unit = &unit::characters,
            .form = &form::text};
}

Wanted list_of(Length count) {
    return {.min = static_cast<std::int64_t>(count.min),
            .max = static_cast<std::int64_t>(count.max),
            .unit = &unit::entries,
            .form = &form::list};
}

Wanted number_of(std::int64_t min, std::int64_t max) {
    return {.min = min, .max = max, .form = &form::integer};
}

constexpr Length any_word{.max = 64};

}  // namespace

Outcome<Json> parse_json(std::string_view body) {
    auto parsed = json::parse(body);
    if (parsed) return std::move(*parsed);
    Error const& error = parsed.error();
    Fault refused =
        fault(problem::bad_json, error.message + " At byte " + std::to_string(error.offset) + ".",
              "第 " + std::to_string(error.offset) + " 字节处有误（" + std::string(error.code) + "）。");
    refused.fields.push_back({error.where, &reason_of(error.code), wanted_instead_of(error.code)});
    return refused;
}

std::size_t code_points(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool has_control_characters(std::string_view utf8) {
    for (std::size_t i = 0; i != utf8.size(); ++i) {
        auto const c = static_cast<unsigned char>(utf8[i]);
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) return true;
        if (c == 0xC2 && i + 1 != utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0)
            return true;  // C1 controls
    }
    return false;
}

bool is_blank_text(std::string_view utf8) {
    static constexpr std::string_view blanks[] = {" ", "\n", "\t", "\r", "\u00A0", "\u3000"};
    while (!utf8.empty()) {
        auto const* const blank =
            std::ranges::find_if(blanks, [&](std::string_view b) { return utf8.starts_with(b); });
        if (blank == std::end(blanks)) return false;
        utf8.remove_prefix(blank->size());
    }
    return true;
}

Json to_json(Bilingual const& text) {
    return JsonObject{{"zh", text.zh}, {"en", text.en}};
}

Fields::Fields(Json const& value, std::string pointer, std::vector<FieldError>& errors)
    : object_(value.if_object()), pointer_(std::move(pointer)), errors_(errors) {
    if (!object_) errors_.push_back({pointer_, &reason::wrong_type, {.form = &form::object}});
}

Fields::Fields(std::string pointer, std::vector<FieldError>& errors)
    : object_(nullptr), pointer_(std::move(pointer)), errors_(errors) {}

std::string Fields::pointer_to(std::string_view name) const {
    return name.empty() ? pointer_ : json::pointer_step(pointer_, name);
}

/// What was given and is wrong is not told to be lacking besides.
void Fields::refuse(std::string_view name, Reason const& why, Wanted wanted) {
    std::string pointer = pointer_to(name);
    auto const refused_before = [&](FieldError const& error) {
        return error.pointer == pointer || error.pointer.starts_with(pointer + "/");
    };
    if (&why == &reason::required && std::ranges::any_of(errors_, refused_before)) return;
    errors_.push_back({std::move(pointer), &why, std::move(wanted)});
}

void Fields::refuse(std::string_view name, Reason const& why, Form const& form) {
    refuse(name, why, Wanted{.form = &form});
}

void Fields::refuse_element(std::string_view name, std::size_t index, Reason const& why, Wanted wanted) {
    errors_.push_back({json::pointer_step(pointer_to(name), std::to_string(index)), &why, std::move(wanted)});
}

Json const* Fields::member(std::string_view name, bool required, Wanted const& wanted) {
    asked_.push_back(name);
    if (!object_) return nullptr;
    Json const* value = object_->find(name);
    if (value && value->is_null()) value = nullptr;
    if (!value && required) refuse(name, reason::required, wanted);
    return value;
}

void Fields::close() {
    if (!object_) return;
    for (auto const& [key, value] : *object_)
        if (std::ranges::find(asked_, key) == asked_.end())
            refuse(key, reason::unknown_field, {.words = {asked_.begin(), asked_.end()}});
}

std::optional<std::string> Fields::checked_text(std::string_view name, Json const* value, Length length) {
    if (!value) return std::nullopt;
    std::string const* text = value->if_string();
    if (!text) {
        refuse(name, reason::wrong_type, text_of(length));
    } else if (std::size_t const count = code_points(*text); count < length.min || is_blank_text(*text)) {
        refuse(name, reason::empty, text_of(length));
    } else if (count > length.max) {
        refuse(name, reason::too_long, text_of(length));
    } else if (has_control_characters(*text)) {
        refuse(name, reason::bad_character, form::printable);
    } else {
        return *text;
    }
    return std::nullopt;
}

std::string Fields::text(std::string_view name, Length length) {
    return checked_text(name, member(name, true, text_of(length)), length).value_or("");
}

std::optional<std::string> Fields::optional_text(std::string_view name, Length length) {
    return checked_text(name, member(name, false, {}), length);
}

std::optional<std::string> Fields::chosen(std::string_view name, std::vector<std::string> (*words)()) {
    Json const* const value = member(name, false, {});
    if (!value) {
        if (object_) refuse(name, reason::required, {.words = words()});
        return std::nullopt;
    }
    std::string const* const text = value->if_string();
    if (!text)
        refuse(name, reason::wrong_type, {.form = &form::text, .words = words()});
    else if (is_blank_text(*text))
        refuse(name, reason::empty, {.words = words()});
    else
        return *text;
    return std::nullopt;
}

std::string Fields::identifier(std::string_view name) {
    return checked_text(name, member(name, true, {.form = &form::uuid}), any_word).value_or("");
}

void Fields::refuse_identifier(std::string_view name) {
    refuse(name, reason::bad_format, form::uuid);
}

std::int64_t Fields::checked_integer(std::string_view name, Json const& value, std::int64_t min,
                                     std::int64_t max) {
    std::int64_t const* number = value.if_int();
    if (!number)
        refuse(name, reason::wrong_type, number_of(min, max));
    else if (*number < min || *number > max)
        refuse(name, reason::out_of_range, {.min = min, .max = max});
    else
        return *number;
    return min;
}

std::int64_t Fields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    Json const* value = member(name, true, number_of(min, max));
    return value ? checked_integer(name, *value, min, max) : min;
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name, std::int64_t min,
                                                     std::int64_t max) {
    Json const* value = member(name, false, {});
    if (!value) return std::nullopt;
    return checked_integer(name, *value, min, max);
}

bool Fields::boolean(std::string_view name) {
    Json const* value = member(name, true, {.form = &form::boolean});
    if (!value) return false;
    bool const* answer = value->if_bool();
    if (!answer) refuse(name, reason::wrong_type, form::boolean);
    return answer && *answer;
}

std::optional<bool> Fields::optional_boolean(std::string_view name) {
    Json const* value = member(name, false, {});
    if (!value) return std::nullopt;
    bool const* answer = value->if_bool();
    if (!answer) refuse(name, reason::wrong_type, form::boolean);
    return answer && *answer;
}

std::optional<Date> Fields::checked_date(std::string_view name, std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto date = parse_iso_date(*text);
    if (date) return date;
    bool const shaped = text->size() == 10 && (*text)[4] == '-' && (*text)[7] == '-' &&
                        std::ranges::count_if(*text, [](char c) { return c >= '0' && c <= '9'; }) == 8;
    refuse(name, shaped ? reason::impossible_date : reason::bad_format, form::date);
    return std::nullopt;
}

Date Fields::date(std::string_view name) {
    auto value = checked_text(name, member(name, true, {.form = &form::date}), any_word);
    return checked_date(name, value).value_or(Date{});
}

std::optional<Date> Fields::optional_date(std::string_view name) {
    return checked_date(name, optional_text(name, any_word));
}

Instant Fields::instant(std::string_view name) {
    auto value = checked_text(name, member(name, true, {.form = &form::instant}), any_word);
    if (!value) return {};
    auto parsed = parse_rfc3339(*value);
    if (!parsed) refuse(name, reason::bad_format, form::instant);
    return parsed.value_or(Instant{});
}

std::optional<Instant> Fields::optional_instant(std::string_view name) {
    auto value = optional_text(name, any_word);
    if (!value) return std::nullopt;
    auto parsed = parse_rfc3339(*value);
    if (!parsed) refuse(name, reason::bad_format, form::instant);
    return parsed;
}

Bilingual Fields::bilingual(std::string_view name, Length length) {
    Bilingual both;
    object(name, [&](Fields& fields) {
        both = {.en = fields.text("en", length), .zh = fields.text("zh", length)};
    });
    return both;
}

std::optional<Bilingual> Fields::optional_bilingual(std::string_view name, Length length) {
    Bilingual both;
    bool const there = optional_object(name, [&](Fields& fields) {
        both = {.en = fields.text("en", length), .zh = fields.text("zh", length)};
    });
    if (!there) return std::nullopt;
    return both;
}

void Fields::object(std::string_view name, std::function<void(Fields&)> const& read) {
    if (Json const* value = member(name, true, {.form = &form::object}))
        read_object(*value, pointer_to(name), read);
}

bool Fields::optional_object(std::string_view name, std::function<void(Fields&)> const& read) {
    Json const* value = member(name, false, {});
    if (value) read_object(*value, pointer_to(name), read);
    return value != nullptr;
}

void Fields::read_object(Json const& value, std::string pointer, std::function<void(Fields&)> const& read) {
    Fields fields(value, std::move(pointer), errors_);
    if (!value.is_object()) return;
    read(fields);
    fields.close();
}

json::Array const* Fields::checked_array(std::string_view name, Length count) {
    Json const* value = member(name, count.min > 0, list_of(count));
    if (!value) return nullptr;
    json::Array const* list = value->if_array();
    if (!list)
        refuse(name, reason::wrong_type, list_of(count));
    else if (list->size() < count.min)
        refuse(name, reason::empty, list_of(count));
    else if (list->size() > count.max)
        refuse(name, reason::too_long, list_of(count));
    else
        return list;
    return nullptr;
}

void Fields::objects(std::string_view name, Length count, std::function<void(Fields&)> const& read) {
    json::Array const* list = checked_array(name, count);
    if (!list) return;
    for (std::size_t i = 0; i != list->size(); ++i)
        read_object((*list)[i], json::pointer_step(pointer_to(name), std::to_string(i)), read);
}

std::vector<std::int64_t> Fields::integers(std::string_view name, Length count, std::int64_t min,
                                           std::int64_t max) {
    std::vector<std::int64_t> numbers;
    json::Array const* list = checked_array(name, count);
    if (!list) return numbers;
    for (std::size_t i = 0; i != list->size(); ++i) {
        Fields element(json::pointer_step(pointer_to(name), std::to_string(i)), errors_);
        numbers.push_back(element.checked_integer("", (*list)[i], min, max));
    }
    return numbers;
}

std::vector<std::string> Fields::texts(std::string_view name, Length count, Length each) {
    std::vector<std::string> result;
    json::Array const* list = checked_array(name, count);
    if (!list) return result;
    for (std::size_t i = 0; i != list->size(); ++i) {
        Fields element(json::pointer_step(pointer_to(name), std::to_string(i)), errors_);
        if (auto text = element.checked_text("", &(*list)[i], each)) result.push_back(std::move(*text));
    }
    return result;
}

}  // namespace sponsio::domain

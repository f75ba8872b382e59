#pragma once

#include "text/result.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// JSON as this product speaks it: the integers of I-JSON (RFC 7493), no fractions, no duplicate names, no
/// U+0000. What is read here means the same to every other reader, which is what makes it fit for signing.
namespace sponsio::json {

class Value;
struct Member;
using Array = std::vector<Value>;

/// The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2).
inline constexpr std::int64_t max_safe_integer = (std::int64_t{1} << 53) - 1;

/// Members in the order in which they came. Names are unique.
class Object {
  public:
    Object() noexcept;
    Object(std::initializer_list<Member> members);
    Object(Object const&);
    Object(Object&&) noexcept;
    Object& operator=(Object const&);
    Object& operator=(Object&&) noexcept;
    ~Object();

    /// Null when there is no such member.
    [[nodiscard]] Value const* find(std::string_view key) const noexcept;
    [[nodiscard]] Value* find(std::string_view key) noexcept;
    /// Throws Failure when there is no such member.
    [[nodiscard]] Value const& at(std::string_view key) const;

    [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }

    /// Appends; throws Failure when the name is taken.
    Object& add(std::string key, Value value);
    /// Replaces, or appends.
    Object& set(std::string_view key, Value value);
    bool erase(std::string_view key);
    void reserve(std::size_t count);

    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept;
    [[nodiscard]] Member const* begin() const noexcept;
    [[nodiscard]] Member const* end() const noexcept;
    [[nodiscard]] Member* begin() noexcept;
    [[nodiscard]] Member* end() noexcept;

    /// The order of members makes no difference.
    friend bool operator==(Object const& a, Object const& b);

  private:
    friend class JsonReader;
    std::vector<Member> members_;
};

enum class Kind : std::uint8_t { null, boolean, integer, string, array, object };

/// One JSON value. Built implicitly from what it can hold: `Object{{"name", "x"}, {"count", 3}}`.
class Value {
  public:
    Value() noexcept = default;

    Value(std::nullptr_t) noexcept {}

    template <std::same_as<bool> B>
    Value(B value) noexcept : data_(value) {}

    /// Takes any integer type whose every value fits 64 signed bits.
    template <std::integral I>
        requires(!std::same_as<I, bool> && !std::same_as<I, char> &&
                 (std::is_signed_v<I> || sizeof(I) < sizeof(std::int64_t)))
    Value(I value) noexcept : data_(static_cast<std::int64_t>(value)) {}

    /// Takes sizes and counts; throws Failure beyond 63 bits.
    template <std::unsigned_integral I>
        requires(sizeof(I) == sizeof(std::int64_t))
    Value(I value) : data_(checked(value)) {}

    Value(std::string value) noexcept;
    Value(std::string_view value);
    Value(char const* value);
    Value(Array value) noexcept;
    Value(Object value) noexcept;

    [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(data_.index()); }

    [[nodiscard]] bool is_null() const noexcept { return kind() == Kind::null; }

    [[nodiscard]] bool is_int() const noexcept { return kind() == Kind::integer; }

    [[nodiscard]] bool is_string() const noexcept { return kind() == Kind::string; }

    [[nodiscard]] bool is_array() const noexcept { return kind() == Kind::array; }

    [[nodiscard]] bool is_object() const noexcept { return kind() == Kind::object; }

    /// Null when it is of another kind.
    [[nodiscard]] bool const* if_bool() const noexcept { return std::get_if<bool>(&data_); }

    [[nodiscard]] std::int64_t const* if_int() const noexcept { return std::get_if<std::int64_t>(&data_); }

    [[nodiscard]] std::string const* if_string() const noexcept { return std::get_if<std::string>(&data_); }

    [[nodiscard]] Array const* if_array() const noexcept { return std::get_if<Array>(&data_); }

    [[nodiscard]] Array* if_array() noexcept { return std::get_if<Array>(&data_); }

    [[nodiscard]] Object const* if_object() const noexcept { return std::get_if<Object>(&data_); }

    [[nodiscard]] Object* if_object() noexcept { return std::get_if<Object>(&data_); }

    /// These throw Failure when it is of another kind.
    [[nodiscard]] bool as_bool() const;
    [[nodiscard]] std::int64_t as_int() const;
    [[nodiscard]] std::string const& as_string() const;
    [[nodiscard]] Array const& as_array() const;
    [[nodiscard]] Array& as_array();
    [[nodiscard]] Object const& as_object() const;
    [[nodiscard]] Object& as_object();

    /// The member of that name; null when this is no object or has none.
    [[nodiscard]] Value const* find(std::string_view key) const noexcept;
    /// Throws Failure where find() gives null.
    [[nodiscard]] Value const& at(std::string_view key) const;
    /// Throws Failure when this is no array or is shorter.
    [[nodiscard]] Value const& at(std::size_t index) const;
    /// The value at an RFC 6901 pointer; null when there is none.
    [[nodiscard]] Value const* at_pointer(std::string_view pointer) const;

    friend bool operator==(Value const& a, Value const& b);

  private:
    friend class JsonReader;
    static std::int64_t checked(std::uint64_t value);

    // The order is that of Kind.
    std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> data_;
};

struct Member {
    std::string key;
    Value value;
};

/// The limits that a reader sets on its input.
struct Limits {
    std::size_t max_bytes = std::size_t{16} << 20;
    std::size_t max_values = 200'000;  ///< containers, members and elements together: bounds the memory
    unsigned max_depth = 32;           ///< nested containers; more than 512 is taken as 512
    std::int64_t max_integer = max_safe_integer;  ///< by magnitude
};

/// The codes of parse(), in Error::code. Error::where is the pointer of the value (for a duplicate: of the
/// member) and Error::offset the byte in the text.
namespace error {
inline constexpr std::string_view syntax = "syntax";
inline constexpr std::string_view duplicate_key = "duplicate_key";
inline constexpr std::string_view nul_character = "nul_character";
inline constexpr std::string_view control_character = "control_character";  ///< unescaped, below U+0020
inline constexpr std::string_view lone_surrogate = "lone_surrogate";
inline constexpr std::string_view bad_utf8 = "bad_utf8";
inline constexpr std::string_view number_not_integer = "number_not_integer";  ///< fraction, exponent or -0
inline constexpr std::string_view number_too_large = "number_too_large";
inline constexpr std::string_view too_deep = "too_deep";
inline constexpr std::string_view too_large = "too_large";              ///< max_bytes
inline constexpr std::string_view too_many_values = "too_many_values";  ///< max_values
inline constexpr std::string_view byte_order_mark = "byte_order_mark";
inline constexpr std::string_view trailing_data = "trailing_data";
}  // namespace error

/// Reads one whole JSON text (RFC 8259) strictly.
Result<Value> parse(std::string_view text, Limits const& limits = {});

/// Compact text, members in their order. Throws Failure for a string that is not UTF-8 or holds U+0000.
std::string write(Value const& value);
void write(Value const& value, std::string& out);  ///< appends

/// RFC 8785 for values without fractions. Throws Failure as write() does, and for an integer beyond
/// max_safe_integer, which RFC 8785 could not keep.
std::string canonical(Value const& value);

/// Appends the text as a JSON string with its quotes. Throws Failure as write() does.
void write_string(std::string_view text, std::string& out);

/// Appends bytes of any kind as a JSON string, for hostile input that is logged: what is not UTF-8 becomes
/// U+FFFD and every control character an escape, so that the text stays one line of JSON.
void write_any_string(std::string_view text, std::string& out);

/// An object written straight as its text, member by member, where building a Value first would cost more
/// than the rest of the answer.
class ObjectText {
  public:
    ObjectText& add(std::string_view key, Value const& value);
    ObjectText& add_string(std::string_view key, std::string_view value);
    /// Adds a value that is JSON text already; the text is not checked.
    ObjectText& add_written(std::string_view key, std::string_view json);
    /// The finished text of the object.
    [[nodiscard]] std::string take() &&;

  private:
    void begin_member(std::string_view key);

    std::string text_{"{"};
};

/// A pointer one step longer (RFC 6901): `pointer` + "/" + `token` with ~ and / escaped.
std::string pointer_step(std::string_view pointer, std::string_view token);
/// The unescaped steps of a pointer; nothing when the text is not a pointer.
std::optional<std::vector<std::string>> pointer_steps(std::string_view pointer);

inline Object::Object() noexcept = default;
inline Object::Object(Object const&) = default;
inline Object::Object(Object&&) noexcept = default;
inline Object& Object::operator=(Object const&) = default;
inline Object& Object::operator=(Object&&) noexcept = default;
inline Object::~Object() = default;

inline std::size_t Object::size() const noexcept {
    return members_.size();
}

inline bool Object::empty() const noexcept {
    return members_.empty();
}

inline Member const* Object::begin() const noexcept {
    return members_.data();
}

inline Member const* Object::end() const noexcept {
    return members_.data() + members_.size();
}

inline Member* Object::begin() noexcept {
    return members_.data();
}

inline Member* Object::end() noexcept {
    return members_.data() + members_.size();
}

inline Value::Value(std::string value) noexcept : data_(std::move(value)) {}

inline Value::Value(std::string_view value) : data_(std::string(value)) {}

inline Value::Value(char const* value) : data_(std::string(value)) {}

inline Value::Value(Array value) noexcept : data_(std::move(value)) {}

inline Value::Value(Object value) noexcept : data_(std::move(value)) {}

}  // namespace sponsio::json

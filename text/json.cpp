#include "text/json.hpp"

#include <algorithm>
#include <charconv>

namespace sponsio::json {
namespace {

[[noreturn]] void wrong_kind(char const* wanted) {
    throw Failure(std::string("a JSON value is not ") + wanted);
}

template <class T>
T& require(T* found, char const* wanted) {
    if (!found) wrong_kind(wanted);
    return *found;
}

/// The array index that a pointer step spells (RFC 6901 §4); nothing for any other step.
std::optional<std::size_t> index_of(std::string_view step) {
    if (step.empty() || (step.size() > 1 && step.front() == '0')) return std::nullopt;
    std::size_t index = 0;
    auto const [end, ec] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (ec != std::errc{} || end != step.data() + step.size()) return std::nullopt;
    return index;
}

}  // namespace

Object::Object(std::initializer_list<Member> members) {
    members_.reserve(members.size());
    for (Member const& m : members) add(m.key, m.value);
}

Value const* Object::find(std::string_view key) const noexcept {
    for (Member const& m : members_)
        if (m.key == key) return &m.value;
    return nullptr;
}

Value* Object::find(std::string_view key) noexcept {
    return const_cast<Value*>(std::as_const(*this).find(key));
}

Value const& Object::at(std::string_view key) const {
    Value const* const found = find(key);
    if (!found) throw Failure("a JSON object has no member \"" + std::string(key) + "\"");
    return *found;
}

Object& Object::add(std::string key, Value value) {
    if (contains(key)) throw Failure("a JSON object has a member \"" + key + "\" already");
    members_.push_back({std::move(key), std::move(value)});
    return *this;
}

Object& Object::set(std::string_view key, Value value) {
    if (Value* const found = find(key)) {
        *found = std::move(value);
    } else {
        members_.push_back({std::string(key), std::move(value)});
    }
    return *this;
}

bool Object::erase(std::string_view key) {
    return std::erase_if(members_, [key](Member const& m) { return m.key == key; }) != 0;
}

void Object::reserve(std::size_t count) {
    members_.reserve(count);
}

bool operator==(Object const& a, Object const& b) {
    if (a.size() != b.size()) return false;
    return std::all_of(a.begin(), a.end(), [&b](Member const& m) {
        Value const* const other = b.find(m.key);
        return other && *other == m.value;
    });
}

bool operator==(Value const& a, Value const& b) {
    return a.data_ == b.data_;
}

std::int64_t Value::checked(std::uint64_t value) {
    if (value > INT64_MAX) throw Failure("a JSON integer does not fit 63 bits");
    return static_cast<std::int64_t>(value);
}

bool Value::as_bool() const {
    return require(if_bool(), "a boolean");
}

std::int64_t Value::as_int() const {
    return require(if_int(), "an integer");
}

std::string const& Value::as_string() const {
    return require(if_string(), "a string");
}

Array const& Value::as_array() const {
    return require(if_array(), "an array");
}

Array& Value::as_array() {
    return require(if_array(), "an array");
}

Object const& Value::as_object() const {
    return require(if_object(), "an object");
}

Object& Value::as_object() {
    return require(if_object(), "an object");
}

Value const* Value::find(std::string_view key) const noexcept {
    Object const* const object = if_object();
    return object ? object->find(key) : nullptr;
}

Value const& Value::at(std::string_view key) const {
    return as_object().at(key);
}

Value const& Value::at(std::size_t index) const {
    Array const& array = as_array();
    if (index >= array.size()) throw Failure("a JSON array is shorter than expected");
    return array[index];
}

Value const* Value::at_pointer(std::string_view pointer) const {
    auto const steps = pointer_steps(pointer);
    if (!steps) return nullptr;
    Value const* at = this;
    for (std::string const& step : *steps) {
        if (Array const* const array = at->if_array()) {
            auto const index = index_of(step);
            at = index && *index < array->size() ? &(*array)[*index] : nullptr;
        } else {
            at = at->find(step);
        }
        if (!at) return nullptr;
    }
    return at;
}

std::string pointer_step(std::string_view pointer, std::string_view token) {
    std::string out(pointer);
    out += '/';
    for (char const c : token) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

std::optional<std::vector<std::string>> pointer_steps(std::string_view pointer) {
    std::vector<std::string> steps;
    for (std::size_t i = 0; i != pointer.size(); ++i) {
        char const c = pointer[i];
        if (c == '/') {
            steps.emplace_back();
        } else if (steps.empty()) {
            return std::nullopt;
        } else if (c != '~') {
            steps.back() += c;
        } else {
            ++i;
            if (i == pointer.size() || (pointer[i] != '0' && pointer[i] != '1')) return std::nullopt;
            steps.back() += pointer[i] == '0' ? '~' : '/';
        }
    }
    return steps;
}

}  // namespace sponsio::json

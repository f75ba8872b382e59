#pragma once

#include "server/db/wire.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::db {

/// A PostgreSQL array under construction, one value at a time, in its binary form: a column of a batch for
/// `unnest($1::bytea[])`. unnest() pads a shorter array with NULL, so assert equal sizes before sending.
template <class T>
class Array {
  public:
    void reserve(std::size_t values, std::size_t bytes_each) { body_.reserve(values * (4 + bytes_each)); }

    template <class Value>
    void push(Value const& value) {
        std::size_t const at = body_.size();
        body_.append(4, '\0');
        Wire<T>::put(body_, value);
        auto const length = static_cast<std::uint32_t>(body_.size() - at - 4);
        for (std::size_t i = 0; i != 4; ++i)
            body_[at + i] = static_cast<char>((length >> (24 - 8 * i)) & 0xff);
        ++size_;
    }

    void push_null() {
        wire::put_int<std::int32_t>(body_, -1);
        has_null_ = true;
        ++size_;
    }

    template <class Value>
    void push(std::optional<Value> const& value) {
        if (value)
            push(*value);
        else
            push_null();
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    void clear() noexcept {
        body_.clear();
        size_ = 0;
        has_null_ = false;
    }

    void write(std::string& out) const {
        wire::put_int<std::int32_t>(out, size_ == 0 ? 0 : 1);
        wire::put_int<std::int32_t>(out, has_null_ ? 1 : 0);
        wire::put_int<std::uint32_t>(out, Wire<T>::id);
        if (size_ == 0) return;
        wire::put_int<std::int32_t>(out, static_cast<std::int32_t>(size_));
        wire::put_int<std::int32_t>(out, 1);  // arrays count from one
        out += body_;
    }

  private:
    std::string body_;
    std::size_t size_ = 0;
    bool has_null_ = false;
};

/// The values for $1, $2, ... of a BinaryQuery. Copies its arguments, so nothing can dangle.
class Params {
  public:
    Params() = default;

    template <class... T>
        requires(sizeof...(T) > 0 && !(std::same_as<T, Params> || ...))
    explicit Params(T const&... values) {
        (add(values), ...);
    }

    template <class T>
    Params& add(T const& value) {
        std::size_t const at = bytes_.size();
        Wire<T>::put(bytes_, value);
        return finish(Wire<T>::id, at);
    }

    template <class T>
    Params& add(std::optional<T> const& value) {
        if (value) return add(*value);
        slots_.push_back({Wire<T>::id, 0, -1});
        return *this;
    }

    template <class T>
    Params& add(Array<T> const& values) {
        std::size_t const at = bytes_.size();
        values.write(bytes_);
        return finish(Wire<T>::array_id, at);
    }

    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }

    /// The arrays that libpq takes: types, pointers (null for NULL), lengths; valid while this is unchanged.
    struct Arguments {
        std::vector<TypeId> types;
        std::vector<char const*> values;
        std::vector<int> lengths;
        std::vector<int> formats;
    };

    [[nodiscard]] Arguments arguments() const;

    /// The binary forms one after the other.
    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

    /// Whether there is nothing but NULL.
    [[nodiscard]] bool all_null() const noexcept {
        return std::ranges::all_of(slots_, [](Slot const& slot) { return slot.length < 0; });
    }

  private:
    struct Slot {
        TypeId type;
        std::size_t at;
        std::int64_t length;  ///< -1: NULL
    };

    Params& finish(TypeId type, std::size_t at) {
        slots_.push_back({type, at, static_cast<std::int64_t>(bytes_.size() - at)});
        return *this;
    }

    std::string bytes_;
    std::vector<Slot> slots_;
};

}  // namespace sponsio::db

#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace sponsio::crypto {

/// Why some input is refused.
struct Error {
    std::string_view code;   ///< a stable word out of the header that returns it, for programs
    std::string message;     ///< one English sentence for people; never holds a value of the input
    std::string where;       ///< RFC 6901 pointer, or the name of a file; empty: the whole input
    std::size_t offset = 0;  ///< byte offset in the input, where that makes sense
};

/// The environment or the program is at fault: OpenSSL failed, a promise of an interface was broken.
/// Never thrown because of bad input.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A value or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}

    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }

    explicit operator bool() const noexcept { return has_value(); }

    /// Throws Failure when there is no value.
    T& value() & {
        require();
        return *std::get_if<0>(&state_);
    }

    T const& value() const& {
        require();
        return *std::get_if<0>(&state_);
    }

    T value() && {
        require();
        return std::move(*std::get_if<0>(&state_));
    }

    T& operator*() & { return value(); }

    T const& operator*() const& { return value(); }

    T operator*() && { return std::move(*this).value(); }

    T* operator->() { return &value(); }

    T const* operator->() const { return &value(); }

    /// Throws std::bad_variant_access when there is a value.
    [[nodiscard]] Error const& error() const& { return std::get<1>(state_); }

    [[nodiscard]] Error error() && { return std::get<1>(std::move(state_)); }

  private:
    void require() const {
        if (!has_value()) throw Failure("value of a refused result: " + std::get<1>(state_).message);
    }

    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;

    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }

    explicit operator bool() const noexcept { return has_value(); }

    /// Throws Failure when it was refused.
    void value() const {
        if (error_) throw Failure("value of a refused result: " + error_->message);
    }

    [[nodiscard]] Error const& error() const& { return error_.value(); }

  private:
    std::optional<Error> error_;
};

}  // namespace sponsio::crypto

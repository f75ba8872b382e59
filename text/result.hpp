#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sponsio {

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
    Result(T value) : value_(std::move(value)) {}

    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }

    explicit operator bool() const noexcept { return has_value(); }

    /// Throws Failure when there is no value.
    T& value() & {
        require();
        return *value_;
    }

    T const& value() const& {
        require();
        return *value_;
    }

    T value() && {
        require();
        return std::move(*value_);
    }

    T& operator*() & { return value(); }

    T const& operator*() const& { return value(); }

    T operator*() && { return std::move(*this).value(); }

    T* operator->() { return &value(); }

    T const* operator->() const { return &value(); }

    /// Throws Failure when there is a value.
    [[nodiscard]] Error const& error() const& {
        require_error();
        return error_;
    }

    [[nodiscard]] Error error() && {
        require_error();
        return std::move(error_);
    }

  private:
    void require() const {
        if (!value_) throw Failure("value of a refused result: " + error_.message);
    }

    void require_error() const {
        if (value_) throw Failure("error of a good result");
    }

    std::optional<T> value_;
    Error error_;
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

    /// Throws Failure when it was not refused.
    [[nodiscard]] Error const& error() const& {
        if (!error_) throw Failure("error of a good result");
        return *error_;
    }

  private:
    std::optional<Error> error_;
};

}  // namespace sponsio

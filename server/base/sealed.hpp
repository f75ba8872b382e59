#pragma once

#include <utility>

namespace sponsio {

/// A value about a person that must never reach a log line, a metric label or a problem document. It neither
/// prints nor converts; every use says `reveal()`, which a search finds.
template <class T>
class Sealed {
  public:
    Sealed() = default;

    explicit Sealed(T value) : value_(std::move(value)) {}

    [[nodiscard]] T const& reveal() const& noexcept { return value_; }

    [[nodiscard]] T reveal() && { return std::move(value_); }

    bool operator==(Sealed const&) const = default;
    template <class Stream>
    friend Stream& operator<<(Stream&, Sealed const&) = delete;

  private:
    T value_{};
};

}  // namespace sponsio

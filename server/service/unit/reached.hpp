#pragma once

#include <concepts>
#include <functional>
#include <utility>

namespace sponsio::service {

/// Told of each point of a work at which a crash must do no harm. Tests throw there, or end the process; a
/// server has nobody listen. `Point` is the enumeration of the points of that work.
template <class Point>
class Reached {
  public:
    Reached() = default;

    template <std::invocable<Point> Listener>
        requires(!std::same_as<std::remove_cvref_t<Listener>, Reached>)
    Reached(Listener listener) : listener_(std::move(listener)) {}

    void operator()(Point point) const {
        if (listener_) listener_(point);
    }

  private:
    std::function<void(Point)> listener_;
};

}  // namespace sponsio::service

#include "server/app/wings/window.hpp"

#include "server/api/window.hpp"

namespace sponsio::app {

Window::Window(Foundation& base, service::ObjectionService& objections, service::RepairService& repairs,
               std::function<void()> leaves_waiting)
    : printer_(base.printer),
      window_(
          {base.ground, base.person_terms, {base.ground}, objections, repairs, std::move(leaves_waiting)}) {}

void Window::add_routes(http::Router& router) {
    router.add(api::window_routes(window_, printer_));
}

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/paper/printer.hpp"
#include "server/service/window/service.hpp"

#include <functional>

namespace sponsio::app {

/// Where subjects see and answer their own case. Prior notices are printed with its address.
class Window final : public Wing {
  public:
    Window(Foundation& base, service::ObjectionService& objections, service::RepairService& repairs,
           std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;

  private:
    paper::Printer& printer_;
    service::CaseWindow window_;
};

}  // namespace sponsio::app

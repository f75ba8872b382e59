#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/paper/printer.hpp"
#include "server/service/findings/service.hpp"

namespace sponsio::app {

/// Findings and their due process.
class Findings final : public Wing {
  public:
    explicit Findings(Foundation& base);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    paper::Printer& printer_;
    service::FindingService findings_;
    Rounds rounds_;
};

}  // namespace sponsio::app

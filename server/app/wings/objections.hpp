#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/objections/service.hpp"

#include <functional>

namespace sponsio::app {

/// Objections to credit records.
class Objections final : public Wing {
  public:
    Objections(Foundation& base, service::ReportQueue const& reports, std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;

    /// For what subjects file themselves.
    [[nodiscard]] service::ObjectionService& service() { return objections_; }

  private:
    service::ObjectionService objections_;
};

}  // namespace sponsio::app

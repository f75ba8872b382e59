#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/repairs/service.hpp"

#include <functional>

namespace sponsio::app {

/// Repairs of credit records.
class Repairs final : public Wing {
  public:
    Repairs(Foundation& base, service::ReportQueue const& reports, std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;

    /// For what subjects file themselves.
    [[nodiscard]] service::RepairService& service() { return repairs_; }

  private:
    service::RepairService repairs_;
};

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/removals/service.hpp"

namespace sponsio::app {

/// Records that are removed from every place that got them.
class Removals final : public Wing {
  public:
    explicit Removals(Foundation& base);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    service::RemovalService removals_;
    Rounds rounds_;
};

}  // namespace sponsio::app

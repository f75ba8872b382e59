#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/listings/service.hpp"

namespace sponsio::app {

/// The list of seriously dishonest subjects.
class Listings final : public Wing {
  public:
    Listings(Foundation& base, service::ReportQueue const& reports);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    service::ListingService listings_;
    Rounds rounds_;
};

}  // namespace sponsio::app

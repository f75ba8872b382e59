#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/draws/public_draws.hpp"
#include "server/service/publicity/service.hpp"
#include "server/service/tasks/inspection_service.hpp"

namespace sponsio::app {

/// The pages for people: the desks and the public window.
class Console final : public Wing {
  public:
    Console(Foundation& base, service::PublicDraws& draws, service::PublicityService& publicity,
            service::InspectionService& inspections)
        : base_(base), draws_(draws), publicity_(publicity), inspections_(inspections) {}

    void add_routes(http::Router& router) override;

  private:
    Foundation& base_;
    service::PublicDraws& draws_;
    service::PublicityService& publicity_;
    service::InspectionService& inspections_;
};

}  // namespace sponsio::app

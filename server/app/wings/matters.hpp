#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/matters/service.hpp"

namespace sponsio::app {

/// What may be promised instead of proved: the catalogue, matters and their versions, notices.
class Matters final : public Wing {
  public:
    explicit Matters(Foundation& base);

    void add_routes(http::Router& router) override;

  private:
    Foundation& base_;
    service::MatterService matters_;
};

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/revocations/service.hpp"

#include <functional>

namespace sponsio::app {

/// Findings that do not stand any more.
class Revocations final : public Wing {
  public:
    Revocations(Foundation& base, service::ReportQueue const& reports, std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;

  private:
    service::RevocationService revocations_;
};

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/sessions/service.hpp"

namespace sponsio::app {

/// Signing in with a passkey.
class Sessions final : public Wing {
  public:
    Sessions(Foundation& base, service::AccessService& access);

    void add_routes(http::Router& router) override;

  private:
    service::SessionService sessions_;
};

}  // namespace sponsio::app

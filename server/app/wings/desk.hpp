#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/desk/service.hpp"
#include "server/service/search/service.hpp"

namespace sponsio::app {

/// What an official's day begins with: what waits for them, whom to ask, and finding again
/// what was filed.
class Desk final : public Wing {
  public:
    explicit Desk(Foundation& base);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    service::DeskService desk_;
    service::SearchService searches_;
    Rounds rounds_;
};

}  // namespace sponsio::app

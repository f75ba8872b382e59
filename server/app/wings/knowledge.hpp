#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/knowledge/service.hpp"

namespace sponsio::app {

/// Calendars, regions, rules and catalogue, given anew while the server runs.
class Knowledge final : public Wing {
  public:
    explicit Knowledge(Foundation& base);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    Foundation& base_;
    service::KnowledgeService service_;
    Rounds rounds_;
};

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/erasure/retention.hpp"
#include "server/service/erasure/service.hpp"
#include "server/service/submissions/report_queue.hpp"

#include <functional>

namespace sponsio::app {

/// The erasure of what is known of a person, asked for or by the end of a period of retention.
class Erasure final : public Wing {
  public:
    Erasure(Foundation& base, service::ReportQueue const& reports, std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    std::function<void()> erased_;
    service::ErasureService erasures_;
    service::Retention retention_;
    Rounds rounds_;
};

}  // namespace sponsio::app

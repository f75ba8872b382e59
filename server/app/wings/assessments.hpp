#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/assessments/service.hpp"

#include <functional>

namespace sponsio::app {

/// The figures by which the reform is judged.
class Assessments final : public Wing {
  public:
    Assessments(Foundation& base, std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;

  private:
    service::AssessmentService assessments_;
};

}  // namespace sponsio::app

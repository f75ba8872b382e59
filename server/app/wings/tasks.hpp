#pragma once

#include "server/app/wings/draws.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/tasks/absence_service.hpp"
#include "server/service/tasks/batch_service.hpp"
#include "server/service/tasks/clock_service.hpp"
#include "server/service/tasks/inspection_service.hpp"
#include "server/service/tasks/oversight_service.hpp"
#include "server/service/tasks/verification_service.hpp"

namespace sponsio::app {

/// Verification tasks: by whom they are done, what others decide about them, and what time brings about.
class Tasks final : public Wing {
  public:
    Tasks(Foundation& base, Draws const& draws);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

    [[nodiscard]] service::InspectionService& inspections() { return inspections_; }

  private:
    service::VerificationService verification_;
    service::OversightService oversight_;
    service::BatchService batches_;
    service::AbsenceService absences_;
    service::InspectionService inspections_;
    service::ClockService clocks_;
    Rounds rounds_;
};

}  // namespace sponsio::app

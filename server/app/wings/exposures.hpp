#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/campaigns/service.hpp"
#include "server/service/exposures/appointments.hpp"
#include "server/service/exposures/intake.hpp"
#include "server/service/exposures/service.hpp"
#include "server/service/exposures/warnings.hpp"

namespace sponsio::app {

/// Units that demand proofs which may not be demanded, and the campaigns against it.
class Exposures final : public Wing {
  public:
    explicit Exposures(Foundation& base);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    paper::Printer& printer_;
    service::ExposureIntake intake_;
    service::ExposureAppointments appointments_;
    service::ExposureService exposures_;
    service::ExposureWarnings warnings_;
    service::CampaignService campaigns_;
    Rounds rounds_;
};

}  // namespace sponsio::app

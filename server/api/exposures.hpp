#pragma once

#include "server/http/router.hpp"
#include "server/paper/printer.hpp"
#include "server/service/exposures/appointments.hpp"
#include "server/service/exposures/intake.hpp"
#include "server/service/exposures/service.hpp"

#include <vector>

/// Units that demand proofs which may not be demanded (docs/exposure.md).
namespace sponsio::api {

/// What the public and committees report, how far it has come, and the slips that refuse a proof.
std::vector<http::Route> exposure_intake_routes(service::ExposureIntake& intake, paper::Printer& printer);
/// Who owns the cases of which place.
std::vector<http::Route> exposure_appointment_routes(service::ExposureAppointments& appointments);
/// What becomes of it.
std::vector<http::Route> exposure_routes(service::ExposureService& exposures);

}  // namespace sponsio::api

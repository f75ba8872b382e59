#pragma once

#include "server/http/router.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/filing/signed_paper_service.hpp"
#include "server/service/findings/service.hpp"
#include "server/service/tasks/verification_service.hpp"
#include "server/service/window/service.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sponsio::api {

/// The files of a task: taken in as they arrive, given out as they are read.
std::vector<http::Route> evidence_routes(service::VerificationService& verifications);
/// The image of the paper that a committer signed.
std::vector<http::Route> signed_paper_routes(service::SignedPaperService& papers);
/// The receipts of a finding.
std::vector<http::Route> receipt_routes(service::FindingService& findings);
/// The files of a record's case at the path `one`, which ends in {name}.
std::vector<http::Route> case_file_routes(service::CaseFileService& files, std::string const& one,
                                          std::string_view name);

/// Files of the subject, with what it filed in its own case.
http::Route own_file_route(service::CaseWindow& window);

}  // namespace sponsio::api

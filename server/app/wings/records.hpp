#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/records/issue_service.hpp"
#include "server/service/records/proof_service.hpp"
#include "server/service/records/service.hpp"
#include "server/service/records/status_service.hpp"

#include <array>
#include <functional>

namespace sponsio::app {

/// Credit records: issued of effective findings, read, proved, and their status for everybody.
class Records final : public Wing {
  public:
    Records(Foundation& base, service::IssueService::OnIssued on_issued,
            std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    service::RecordService records_;
    service::ProofService proofs_;
    service::StatusService statuses_;
    std::array<service::IssueService, 2> issuing_;  ///< one computes while the database works for the other
    Rounds rounds_;
};

}  // namespace sponsio::app

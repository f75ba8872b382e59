#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/client/platform_client.hpp"
#include "server/service/records/issue_service.hpp"
#include "server/service/submissions/delivery.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/submissions/report_service.hpp"
#include "server/work/submitter.hpp"

#include <memory>

namespace sponsio::app {

/// Reports to the sharing platform. Without one that is named, they wait.
class Submissions final : public Wing {
  public:
    explicit Submissions(Foundation& base);

    /// Makes the way to the platform, if one is named. The fault is a sentence for the operator.
    Outcome<void> connect(Foundation& base);

    /// Queues the reports of records that were stored in this very transaction.
    [[nodiscard]] service::IssueService::OnIssued queueing();

    /// What becomes of records is told through it.
    [[nodiscard]] service::ReportQueue const& reports() const { return queue_; }

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;
    void stop() override;

  private:
    Clock const& clock_;
    service::ReportQueue queue_;
    service::ReportService reports_;
    std::unique_ptr<client::PlatformClient> platform_;
    std::unique_ptr<service::SubmissionDelivery> delivery_;
    std::unique_ptr<work::Submitter> submitter_;
};

}  // namespace sponsio::app

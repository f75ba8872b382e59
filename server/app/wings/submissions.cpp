#include "server/app/wings/submissions.hpp"

#include "server/api/submissions.hpp"

namespace sponsio::app {

Submissions::Submissions(Foundation& base)
    : clock_(*base.clock),
      queue_(base.vault, base.knowledge.regions, base.knowledge.rules, base.knowledge.calendar),
      reports_(base.db, base.vault, base.knowledge.regions, *base.clock) {}

Outcome<void> Submissions::connect(Foundation& base) {
    ServeOptions const& options = base.options;
    if (options.platform.empty()) return {};
    auto client = client::make_platform_client({.url = options.platform,
                                                .ca_file = options.platform_ca,
                                                .token_file = options.platform_token_file,
                                                .outbound = base.outbound});
    if (!client) return client.error();
    platform_ = std::move(*client);
    auto signer = [&base] {
        return base.keys->signer(service::purpose::submission, base.clock->now()).value();
    };
    delivery_ = std::make_unique<service::SubmissionDelivery>(
        base.db, base.vault, *platform_, signer, *base.clock, crypto::system_entropy(), &base.metrics,
        service::DeliveryOptions{
            .receiver = {.name = options.platform_name.empty() ? options.platform : options.platform_name},
            .peer = options.platform});
    return {};
}

service::IssueService::OnIssued Submissions::queueing() {
    return [this](db::PgSession& session, std::span<service::IssuedRecord const> issued) {
        std::vector<service::RecordToReport> to_report;
        for (service::IssuedRecord const& record : issued) to_report.push_back({record.id, record.opened});
        return queue_.queue(session, to_report, clock_.now());
    };
}

void Submissions::add_routes(http::Router& router) {
    router.add(api::submission_routes(reports_));
}

void Submissions::start(std::chrono::milliseconds pause) {
    if (!delivery_) return;
    submitter_ = std::make_unique<work::Submitter>(*delivery_, work::SubmitterOptions{.tick = pause});
    submitter_->start();
}

void Submissions::stop() {
    if (submitter_) submitter_->stop();
}

}  // namespace sponsio::app

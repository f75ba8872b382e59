#pragma once

#include "server/app/wings/ledger.hpp"
#include "server/service/filing/counter.hpp"
#include "server/service/filing/eligibility.hpp"
#include "server/service/filing/rectification_service.hpp"
#include "server/service/filing/service.hpp"
#include "server/service/filing/signed_paper_service.hpp"

#include <memory>

namespace sponsio::app {

/// Commitments: they are taken in and given back, and what was in question about one is set right.
class Filing final : public Wing {
  public:
    /// Nothing is signed before every head has been recomputed from what is stored. The fault is a sentence
    /// for the operator.
    static Outcome<std::unique_ptr<Filing>> open(Foundation& base, Ledger& ledger);

    /// There are new leaves for the log.
    void log_waiting() { filing_.log_waiting(); }

    [[nodiscard]] db::GroupCommitStats stats() const { return filing_.stats(); }

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

    /// Stores what is pending and takes no more.
    void close() { filing_.stop(); }

  private:
    Filing(Foundation& base, Ledger& ledger, std::vector<std::int16_t> shards);

    Metrics& metrics_;
    service::FilingParts parts_;
    service::FilingService filing_;
    service::EligibilityService eligibility_;
    service::MatterService notices_;
    service::CounterService counter_;
    service::RectificationService rectifications_;
    service::SignedPaperService signed_papers_;
    Rounds rounds_;
};

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/log/audit_chain.hpp"
#include "server/service/log/check.hpp"
#include "server/service/log/service.hpp"
#include "server/service/log/writer.hpp"

#include <functional>
#include <string>

namespace sponsio::app {

/// The public log as everybody reads it, the check that goes through all that it vouches for, and the chained
/// history.
class Ledger final : public Wing {
  public:
    Ledger(Foundation& base, std::function<void()> leaves_waiting);

    [[nodiscard]] service::LogService& log() noexcept { return log_; }

    /// For those who write.
    [[nodiscard]] service::LogWriterParts writing() {
        return {.keys = log_.keys(), .heads = log_.heads(), .leases = leases_};
    }

    /// A sentence for each shard that is frozen; empty if none is. The fault is the database's.
    Outcome<std::string> frozen();

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    db::DbExecutor& db_;
    service::LogService log_;
    service::LeaseBook leases_;
    service::LogCheck check_;
    service::AuditChain history_;
    Rounds rounds_;
};

}  // namespace sponsio::app

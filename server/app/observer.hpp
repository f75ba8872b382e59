#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/row_memory.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace sponsio::app {

/// Tells the metrics and the log what becomes of database jobs: of an outage when it begins and when it is
/// over, however many jobs it costs. What was remembered before a new session is forgotten.
class DatabaseObserver final : public db::ExecutorObserver {
  public:
    DatabaseObserver(Metrics& metrics, service::RowMemory& rows)
        : metrics_(metrics), rows_(rows), job_(metrics.db_job_seconds.with({"job"})) {}

    void waited(std::chrono::nanoseconds time) noexcept override {
        metrics_.db_queue_wait.observe(std::chrono::duration<double>(time).count());
    }

    void ran(std::chrono::nanoseconds time) noexcept override {
        job_.observe(std::chrono::duration<double>(time).count());
    }

    void failed(Fault const& fault) noexcept override;
    void lost(Fault const& fault) noexcept override;
    void connected() noexcept override;

  private:
    struct Outage {
        std::chrono::steady_clock::time_point since;
        std::int64_t jobs;  ///< that failed for it
    };

    Metrics& metrics_;
    service::RowMemory& rows_;
    Histogram job_;
    std::mutex mutex_;
    std::optional<Outage> outage_;
};

}  // namespace sponsio::app

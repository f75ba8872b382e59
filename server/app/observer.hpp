#pragma once

#include "server/base/log.hpp"
#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"

namespace sponsio::app {

/// Tells the metrics and the log what becomes of database jobs.
class DatabaseObserver final : public db::ExecutorObserver {
  public:
    explicit DatabaseObserver(Metrics& metrics)
        : metrics_(metrics), job_(metrics.db_job_seconds.with({"job"})) {}

    void waited(std::chrono::nanoseconds time) noexcept override {
        metrics_.db_queue_wait.observe(std::chrono::duration<double>(time).count());
    }

    void ran(std::chrono::nanoseconds time) noexcept override {
        job_.observe(std::chrono::duration<double>(time).count());
    }

    void failed(Fault const& fault) noexcept override {
        log::error("database.job_failed",
                   {{log::Key::problem, fault.problem->slug}, {log::Key::cause, fault.cause}});
    }

  private:
    Metrics& metrics_;
    Histogram job_;
};

}  // namespace sponsio::app

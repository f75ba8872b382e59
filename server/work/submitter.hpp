#pragma once

#include "server/service/submissions/delivery.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace sponsio::work {

struct SubmitterOptions {
    std::size_t threads = 1;
    std::chrono::milliseconds tick{500};  ///< how often it looks when there was nothing to do
};

/// Delivers reports in the background, on threads of its own since each waits for the platform. Any number of
/// submitters, in any number of processes, may work on one database.
class Submitter {
  public:
    Submitter(service::SubmissionDelivery& delivery, SubmitterOptions options);
    ~Submitter();  ///< stop()
    Submitter(Submitter const&) = delete;
    Submitter& operator=(Submitter const&) = delete;

    void start();
    /// Ends after the present step; the platform is asked about a batch in transit at the next start.
    void stop();

  private:
    void run();
    [[nodiscard]] bool stopping();

    service::SubmissionDelivery& delivery_;
    SubmitterOptions options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace sponsio::work

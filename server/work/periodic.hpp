#pragma once

#include "server/base/fault.hpp"
#include "server/base/metrics.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sponsio::work {

/// One background job on a thread of its own: `round` is repeated at once while it finds work, and after a
/// pause when it does not. A fault is logged, and each repeated fault lengthens the pause. Rounds start from
/// stored state, so a process that dies in one loses nothing, and several processes may run the same job.
class Periodic {
  public:
    struct Options {
        std::string name;  ///< for log and metrics
        std::chrono::milliseconds pause{500};
        std::chrono::milliseconds longest_pause{30'000};  ///< after repeated faults
    };

    /// A round returns the number of things it did.
    using Round = std::function<Outcome<std::size_t>()>;

    Periodic(Options options, Round round, Metrics& metrics);
    ~Periodic();  ///< stop()
    Periodic(Periodic const&) = delete;
    Periodic& operator=(Periodic const&) = delete;

    /// Ends the pause, since there may be work.
    void poke();
    /// Waits for a running round and starts no other.
    void stop();

  private:
    void run();
    bool wait(std::chrono::milliseconds pause);
    Outcome<std::size_t> guarded_round();

    Options options_;
    Round round_;
    Metrics& metrics_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    bool poked_ = false;
    std::thread thread_;
};

}  // namespace sponsio::work

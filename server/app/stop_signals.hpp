#pragma once

#include <csignal>

namespace sponsio::app {

/// SIGTERM and SIGINT wait for `wait()` instead of ending the process; threads started later inherit that.
class StopSignals {
  public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }

    void wait() const {
        int signal = 0;
        sigwait(&set_, &signal);
    }

  private:
    sigset_t set_{};
};

}  // namespace sponsio::app

#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

/// What systemd wants to know of a service (sd_notify(3), protocol "Type=notify"): one datagram to the socket
/// that $NOTIFY_SOCKET names. Twenty lines, and so no library for it.
namespace sponsio::app {

/// Sends it, such as "READY=1". Nothing happens where no service manager listens.
void notify(std::string_view state);

/// Tells the service manager again and again that the server answers (`WatchdogSec=`), as long as
/// `answers()` says so; where it does not, the manager ends the process and starts it anew. Does nothing
/// unless $WATCHDOG_USEC and $WATCHDOG_PID ask this process for it.
class Watchdog {
  public:
    explicit Watchdog(std::function<bool()> answers);
    ~Watchdog();
    Watchdog(Watchdog const&) = delete;
    Watchdog& operator=(Watchdog const&) = delete;

  private:
    void watch(std::chrono::microseconds pause);

    std::function<bool()> answers_;
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sponsio::app

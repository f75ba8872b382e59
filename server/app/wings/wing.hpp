#pragma once

#include "server/http/router.hpp"
#include "server/work/periodic.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace sponsio::app {

/// One capability of the server: its services, what others ask of them over HTTP, and what they do of
/// themselves. Made with everything it needs; does nothing before start().
class Wing {
  public:
    Wing() = default;
    virtual ~Wing() = default;
    Wing(Wing const&) = delete;
    Wing& operator=(Wing const&) = delete;

    virtual void add_routes(http::Router&) {}

    /// `pause`: between two looks of a round that found nothing.
    virtual void start(std::chrono::milliseconds) {}

    /// Waits for the rounds that are under way. The routes go on answering.
    virtual void stop() {}
};

/// The background rounds of a wing, each on a thread of its own. Its last member: what they use outlives
/// them.
class Rounds {
  public:
    explicit Rounds(Metrics& metrics) : metrics_(metrics) {}

    void run(work::Periodic::Options options, work::Periodic::Round round) {
        running_.push_back(std::make_unique<work::Periodic>(std::move(options), std::move(round), metrics_));
    }

    void stop() {
        for (auto const& one : running_) one->stop();
    }

  private:
    Metrics& metrics_;
    std::vector<std::unique_ptr<work::Periodic>> running_;
};

}  // namespace sponsio::app

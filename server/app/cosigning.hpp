#pragma once

#include "server/app/serve_options.hpp"
#include "server/service/log/cosign_service.hpp"
#include "server/service/log/head_place.hpp"
#include "server/work/periodic.hpp"

#include <memory>
#include <vector>

namespace sponsio::app {

/// The witnesses that were named, and how many of them a checkpoint needs to be shown. Refused with a
/// sentence.
Outcome<crypto::WitnessPolicy> witness_policy(ServeOptions const& options);

/// Where the log's published heads are kept: at the places that were named, by default below the state
/// directory. Refused with a sentence.
Outcome<service::HeadPlaces> head_places(ServeOptions const& options, client::Outbound const& outbound);

/// Asks each witness, on a thread of its own, to cosign how the log grows: a slow one keeps nobody waiting.
class Cosigning {
  public:
    /// `policy` is that of these options. Refused with a sentence. Nothing is asked before start().
    static Outcome<std::unique_ptr<Cosigning>> make(ServeOptions const& options,
                                                    crypto::WitnessPolicy const& policy,
                                                    client::Outbound const& outbound, db::DbExecutor& db,
                                                    Clock const& clock, Metrics& metrics);

    void start();
    /// Waits for what was asked last.
    void stop();

  private:
    struct One {
        std::unique_ptr<client::WitnessClient> client;
        std::unique_ptr<service::CosignService> service;
        std::unique_ptr<work::Periodic> work{};
    };

    explicit Cosigning(Metrics& metrics) : metrics_(metrics) {}

    Metrics& metrics_;
    std::vector<One> witnesses_;
};

}  // namespace sponsio::app

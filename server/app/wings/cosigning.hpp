#pragma once

#include "server/app/serve_options.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/log/cosign_service.hpp"
#include "server/service/log/head_place.hpp"

#include <memory>
#include <vector>

namespace sponsio::app {

/// The witnesses that were named, and how many of them a checkpoint needs to be
/// shown. Refused with a sentence.
Outcome<crypto::WitnessPolicy> witness_policy(ServeOptions const& options);

/// The way to the nth of them. Refused with a sentence.
Outcome<std::unique_ptr<client::WitnessClient>> witness_client(ServeOptions const& options, std::size_t n,
                                                               client::Outbound const& outbound);

/// Where the log's published heads are kept: at the places that were named, by default below the state
/// directory. Refused with a sentence.
Outcome<service::HeadPlaces> head_places(ServeOptions const& options, client::Outbound const& outbound);

/// Asks each witness, on a thread of its own, to cosign how the log grows: a slow one keeps nobody waiting.
class Cosigning final : public Wing {
  public:
    /// `policy` is that of these options. Refused with a sentence.
    static Outcome<std::unique_ptr<Cosigning>> make(ServeOptions const& options,
                                                    crypto::WitnessPolicy const& policy,
                                                    client::Outbound const& outbound, db::DbExecutor& db,
                                                    Clock const& clock, Metrics& metrics);

    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    struct One {
        std::unique_ptr<client::WitnessClient> client;
        std::unique_ptr<service::CosignService> service;
    };

    explicit Cosigning(Metrics& metrics) : rounds_(metrics) {}

    std::vector<One> witnesses_;
    Rounds rounds_;
};

}  // namespace sponsio::app

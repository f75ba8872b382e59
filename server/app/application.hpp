#pragma once

#include "server/app/serve_options.hpp"
#include "server/base/fault.hpp"

#include <memory>

namespace sponsio::app {

/// The running server: everything that makes it, built in the order of dependence
/// and taken down in the reverse.
class Application {
  public:
    /// Returns when requests are answered. The fault is a sentence for the operator;
    /// nothing is left running then.
    static Outcome<std::unique_ptr<Application>> start(ServeOptions options);
    ~Application();
    Application(Application const&) = delete;
    Application& operator=(Application const&) = delete;

    struct Addresses {
        std::string service;
        std::string ops;
        std::filesystem::path certificate;
    };

    [[nodiscard]] Addresses addresses() const;

    /// Loads the certificate again: connections from now on get it. Refused with a sentence, and then the old
    /// one goes on, if it cannot be read or does not fit its key.
    Outcome<void> reload();

    /// Whether every thread that speaks HTTP still goes round.
    [[nodiscard]] bool answers() const;

    /// Not ready any more, no new requests, those in flight answered, workers to the end of their round,
    /// batches stored, database stopped. False if requests had to be cut after the grace.
    bool stop();

  private:
    struct Parts;
    explicit Application(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace sponsio::app

#pragma once

#include "reference/front/front.hpp"
#include "reference/platform/exchange.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::platform {

struct PlatformServerOptions {
    front::FrontOptions front;
    std::optional<std::filesystem::path> registry{};
    std::vector<std::filesystem::path> sender_keys{};
    std::filesystem::path token_file{};  ///< empty: no token is asked for
    unsigned drop_answers = 0;
};

/// A minimal sharing platform that keeps every promise of schema/exchange.yaml: its own archive, its own
/// HTTPS with a self-made certificate. It shares nothing with the server that reports to it.
class Platform {
  public:
    /// `clock` outlives it. Refused with a sentence for the operator.
    static Outcome<std::unique_ptr<Platform>> start(PlatformServerOptions const& options, Clock const& clock);
    Platform(Platform const&) = delete;
    Platform& operator=(Platform const&) = delete;

    [[nodiscard]] front::Front& front() noexcept { return *front_; }

    [[nodiscard]] Archive const& archive() const noexcept { return *archive_; }

  private:
    Platform(domain::Regions regions, std::unique_ptr<Archive> archive)
        : regions_(std::move(regions)), archive_(std::move(archive)) {}

    domain::Regions regions_;
    std::unique_ptr<Archive> archive_;
    std::unique_ptr<Exchange> exchange_;
    std::unique_ptr<front::Front> front_;  // last: it goes first
};

}  // namespace sponsio::platform

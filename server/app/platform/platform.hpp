#pragma once

#include "server/app/platform/exchange.hpp"
#include "server/http/server.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::app::platform {

struct PlatformServerOptions {
    std::filesystem::path data;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;            ///< 0: any free one
    std::vector<std::string> names{};  ///< more names for the self-made certificate
    std::optional<std::filesystem::path> registry{};
    std::vector<std::filesystem::path> sender_keys{};
    std::filesystem::path token_file{};  ///< empty: no token is asked for
    unsigned drop_answers = 0;
};

/// A sharing platform as small as one can be that keeps every promise of schema/exchange.yaml: its own
/// archive, its own HTTPS with a self-made certificate. It knows nothing of the server that reports to it.
class Platform {
  public:
    /// `clock` outlives it. Refused with a sentence for the operator.
    static Outcome<std::unique_ptr<Platform>> start(PlatformServerOptions const& options, Clock const& clock);
    ~Platform();
    Platform(Platform const&) = delete;
    Platform& operator=(Platform const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    /// What a sender must trust.
    [[nodiscard]] std::filesystem::path const& certificate() const noexcept { return certificate_; }

    [[nodiscard]] Archive const& archive() const noexcept { return *archive_; }

    /// True if nothing had to be cut.
    bool stop(std::chrono::milliseconds grace);

  private:
    Platform(domain::Regions regions, std::unique_ptr<Archive> archive)
        : regions_(std::move(regions)), archive_(std::move(archive)) {}

    domain::Regions regions_;
    std::unique_ptr<Archive> archive_;
    std::unique_ptr<Exchange> exchange_;
    std::filesystem::path certificate_;
    std::unique_ptr<http::Server> server_;  // last: it goes first
};

}  // namespace sponsio::app::platform

#pragma once

#include "crypto/durable_file.hpp"
#include "server/app/witness/cosigner.hpp"
#include "server/http/server.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::app::witness {

struct WitnessOptions {
    std::filesystem::path data;
    std::string name;  ///< of its key; a URL without scheme is customary
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;                          ///< 0: any free one
    std::vector<std::string> host_names{};           ///< more names for the self-made certificate
    std::vector<std::string> log_vkeys{};            ///< verifier keys of the logs it follows
    std::vector<std::filesystem::path> log_files{};  ///< files with one of them on each line
};

/// A witness in a process of its own: key, state and certificate in one directory, HTTPS in front of them.
class Witness {
  public:
    /// `clock` outlives it. Refused with a sentence for the operator.
    static Outcome<std::unique_ptr<Witness>> start(WitnessOptions const& options, Clock const& clock);
    ~Witness();
    Witness(Witness const&) = delete;
    Witness& operator=(Witness const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    [[nodiscard]] std::filesystem::path const& certificate() const noexcept { return certificate_; }

    [[nodiscard]] Outcome<std::string> vkey() const { return cosigner_->vkey(); }

    /// True if nothing had to be cut.
    bool stop(std::chrono::milliseconds grace);

  private:
    explicit Witness(crypto::FileLock lock) : lock_(std::move(lock)) {}

    crypto::FileLock lock_;
    std::unique_ptr<service::KeyService> keys_;
    std::unique_ptr<Cosigner> cosigner_;
    std::filesystem::path certificate_;
    std::unique_ptr<http::Server> server_;  // last: it goes first
};

}  // namespace sponsio::app::witness

#pragma once

#include "crypto/durable_file.hpp"
#include "server/app/department/gateway.hpp"
#include "server/http/server.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::app::department {

struct DepartmentOptions {
    std::filesystem::path data;
    std::string department;  ///< its word
    std::filesystem::path holdings;
    std::string asker_jwks;  ///< file or https URL
    std::filesystem::path asker_ca{};
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;                 ///< 0: any free one
    std::vector<std::string> host_names{};  ///< more names for the self-made certificate
    std::chrono::milliseconds answer_delay{0};
};

/// A department's gateway in a process of its own: key, given answers and certificate in one directory, HTTPS
/// in front of them.
class DepartmentServer {
  public:
    /// `clock` outlives it. Refused with a sentence for the operator.
    static Outcome<std::unique_ptr<DepartmentServer>> start(DepartmentOptions const& options,
                                                            Clock const& clock);
    ~DepartmentServer();
    DepartmentServer(DepartmentServer const&) = delete;
    DepartmentServer& operator=(DepartmentServer const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    [[nodiscard]] std::filesystem::path const& certificate() const noexcept { return certificate_; }

    [[nodiscard]] Outcome<domain::Json> public_key() const { return gateway_->public_key(); }

    /// True if nothing had to be cut.
    bool stop(std::chrono::milliseconds grace);

  private:
    DepartmentServer(crypto::FileLock lock, Answers answers)
        : lock_(std::move(lock)), answers_(std::move(answers)) {}

    crypto::FileLock lock_;
    Answers answers_;
    std::unique_ptr<AskerKeys> askers_;
    std::unique_ptr<service::KeyService> keys_;
    std::unique_ptr<Gateway> gateway_;
    std::filesystem::path certificate_;
    std::unique_ptr<http::Server> server_;  // last: it goes first
};

}  // namespace sponsio::app::department

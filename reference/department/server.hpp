#pragma once

#include "reference/department/gateway.hpp"
#include "reference/front/files.hpp"
#include "reference/front/front.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace sponsio::department {

struct DepartmentOptions {
    front::FrontOptions front;
    std::string department;  ///< its word
    std::filesystem::path holdings;
    std::string asker_jwks;  ///< file or https URL
    std::filesystem::path asker_ca{};
    std::chrono::milliseconds answer_delay{0};
};

/// A department's gateway in a process of its own: key, given answers and certificate in one directory, HTTPS
/// in front of them.
class DepartmentServer {
  public:
    /// `clock` outlives it. Refused with a sentence for the operator.
    static Outcome<std::unique_ptr<DepartmentServer>> start(DepartmentOptions const& options,
                                                            Clock const& clock);
    DepartmentServer(DepartmentServer const&) = delete;
    DepartmentServer& operator=(DepartmentServer const&) = delete;

    [[nodiscard]] front::Front& front() noexcept { return *front_; }

    [[nodiscard]] Outcome<domain::Json> public_key() const { return gateway_->public_key(); }

  private:
    DepartmentServer(crypto::FileLock lock, Answers answers)
        : lock_(std::move(lock)), answers_(std::move(answers)) {}

    crypto::FileLock lock_;
    Answers answers_;
    std::unique_ptr<AskerKeys> askers_;
    std::unique_ptr<front::OwnKey> key_;
    std::unique_ptr<Gateway> gateway_;
    std::unique_ptr<front::Front> front_;  // last: it goes first
};

}  // namespace sponsio::department

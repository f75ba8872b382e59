#pragma once

#include "server/app/serve_options.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/departments/assist_service.hpp"
#include "server/service/keys/service.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::app {

/// A department of the file of --departments, and the way to it.
struct ConfiguredDepartment {
    service::Department department;
    std::unique_ptr<client::DepartmentGateway> gateway{};
};

/// Reads the file (docs/departments.md); files it names are looked for beside it. None without a file.
/// Refused with a sentence that names the place.
Outcome<std::vector<ConfiguredDepartment>> read_departments(std::filesystem::path const& file,
                                                            client::Outbound const& outbound);

/// The departments that are asked, each by a thread of its own: a slow one keeps nobody waiting. And one that
/// sees to the tickets.
class Departments final : public Wing {
  public:
    /// `keys` outlives this.
    Departments(std::vector<ConfiguredDepartment> configured, std::string issuer,
                service::Ground const& ground, service::KeyService& keys);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;
    void stop() override;

  private:
    struct One {
        std::unique_ptr<client::DepartmentGateway> gateway;
        std::unique_ptr<service::InquiryService> service;
    };

    [[nodiscard]] std::vector<service::DepartmentStatus> statuses() const;

    std::atomic<bool> stopping_{false};
    std::vector<service::Department> known_;
    std::vector<One> asked_;
    service::AssistService assist_;
    Rounds rounds_;
};

}  // namespace sponsio::app

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/publicity/service.hpp"

#include <string>

namespace sponsio::app {

/// What is published of credit records.
class Publicity final : public Wing {
  public:
    explicit Publicity(Foundation& base);

    [[nodiscard]] service::PublicityService& service() noexcept { return publicity_; }

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    std::string issuer_;
    service::PublicityService publicity_;
    Rounds rounds_;
};

}  // namespace sponsio::app

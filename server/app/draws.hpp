#pragma once

#include "server/http/router.hpp"
#include "server/service/draws/conflict_service.hpp"
#include "server/service/draws/public_draws.hpp"
#include "server/service/draws/redraw.hpp"
#include "server/service/draws/rounds.hpp"
#include "server/service/draws/service.hpp"
#include "server/service/keys/service.hpp"
#include "server/work/periodic.hpp"

#include <memory>
#include <vector>

namespace sponsio::app {

/// Everything about draws in a server: what supervisors, verifiers and everybody ask for, and the background
/// work.
class Draws {
  public:
    /// `parts.sign` is made here, of the draw keys.
    Draws(service::DrawParts parts, service::KeyService const& keys, Metrics& metrics);

    [[nodiscard]] std::vector<http::Route> routes();

    /// Who comes into the place of a drawn inspector.
    [[nodiscard]] service::Redraw redraw() const { return redraw_; }

    /// What is published when a supervisor chose instead.
    [[nodiscard]] service::Reseat reseat() const {
        return [this](db::PgSession& db, service::DrawnReseating const& given, Instant now) {
            return redraw_.reseated(db, given, now);
        };
    }

    void start(std::chrono::milliseconds pause);
    void stop();

  private:
    service::DrawParts parts_;
    Metrics& metrics_;
    service::DrawService draws_;
    service::PublicDraws public_draws_;
    service::ConflictService conflicts_;
    service::DrawRounds rounds_;
    service::DrawRedraw redraw_;
    std::unique_ptr<work::Periodic> work_;
};

}  // namespace sponsio::app

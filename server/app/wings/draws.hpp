#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/draws/conflict_service.hpp"
#include "server/service/draws/explanations.hpp"
#include "server/service/draws/public_draws.hpp"
#include "server/service/draws/redraw.hpp"
#include "server/service/draws/rounds.hpp"
#include "server/service/draws/service.hpp"

#include <functional>

namespace sponsio::app {

/// The public beacons that draws may promise. Refused with a sentence.
Outcome<service::DrawPlanner::Beacons> beacons_of(ServeOptions const& options);

/// Draws: what supervisors, verifiers and everybody ask for, and the drawing itself.
class Draws final : public Wing {
  public:
    Draws(Foundation& base, std::function<void()> leaves_waiting);

    /// What everybody may see of them.
    [[nodiscard]] service::PublicDraws& shown() noexcept { return public_draws_; }

    /// Who comes into the place of a drawn inspector.
    [[nodiscard]] service::Redraw redraw() const { return redraw_; }

    /// What is published when a supervisor chose instead.
    [[nodiscard]] service::Reseat reseat() const {
        return [this](db::PgSession& db, service::DrawnReseating const& given, Instant now) {
            return redraw_.reseated(db, given, now);
        };
    }

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { running_.stop(); }

  private:
    service::DrawParts parts_;
    service::DrawService draws_;
    service::PublicDraws public_draws_;
    service::DrawExplanations explanations_;
    service::ConflictService conflicts_;
    service::DrawRounds rounds_;
    service::DrawRedraw redraw_;
    Rounds running_;
};

}  // namespace sponsio::app

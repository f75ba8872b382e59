#include "server/app/draws.hpp"

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/jws.hpp"
#include "server/api/draws.hpp"
#include "server/api/public_draws.hpp"

#include <iterator>

namespace sponsio::app {
namespace {

/// Longer than any stage takes: a pool of ten million is read in less.
constexpr std::chrono::minutes round_limit{15};

service::DrawParts signing(service::DrawParts parts, service::KeyService const& keys) {
    parts.sign = [&keys](std::string_view payload, Instant now) -> Outcome<std::string> {
        auto const signer = keys.signer(service::purpose::draw, now);
        if (!signer) return signer.error();
        return crypto::jws_sign(crypto::draw::statement_typ, payload, **signer);
    };
    return parts;
}

}  // namespace

Draws::Draws(service::DrawParts parts, service::KeyService const& keys, Metrics& metrics)
    : parts_(signing(std::move(parts), keys)),
      metrics_(metrics),
      draws_(parts_.db, parts_.vault, service::DrawPlanner(parts_.rules, parts_.matters), parts_.clock),
      public_draws_(parts_.db, parts_.clock),
      conflicts_(parts_.db, parts_.vault, parts_.clock),
      rounds_(parts_),
      redraw_(parts_) {}

std::vector<http::Route> Draws::routes() {
    std::vector<http::Route> all = api::draw_routes(draws_);
    for (auto routes : {api::conflict_routes(conflicts_), api::public_draw_routes(public_draws_)})
        all.insert(all.end(), std::move_iterator(routes.begin()), std::move_iterator(routes.end()));
    return all;
}

void Draws::start(std::chrono::milliseconds pause) {
    work_ = std::make_unique<work::Periodic>(
        work::Periodic::Options{.name = "draw", .pause = pause},
        [this] { return rounds_.round(std::chrono::steady_clock::now() + round_limit); }, metrics_);
}

void Draws::stop() {
    if (work_) work_->stop();
}

}  // namespace sponsio::app

#include "server/app/wings/draws.hpp"

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/jws.hpp"
#include "server/api/draws.hpp"
#include "server/api/public_draws.hpp"

namespace sponsio::app {
namespace {

/// Longer than any stage takes: a pool of ten million is read in less.
constexpr std::chrono::minutes round_limit{15};

/// By the key that signs draws at that time.
auto signing(service::KeyService const& keys) {
    return [&keys](std::string_view payload, Instant now) -> Outcome<std::string> {
        auto const signer = keys.signer(service::purpose::draw, now);
        if (!signer) return signer.error();
        return crypto::jws_sign(crypto::draw::statement_typ, payload, **signer);
    };
}

}  // namespace

Outcome<service::DrawPlanner::Beacons> beacons_of(ServeOptions const& options) {
    service::DrawPlanner::Beacons beacons;
    for (std::string const& vkey : options.beacons) {
        auto key = crypto::NoteVerifier::from_vkey(vkey);
        bool const good = key && key->kind() == crypto::NoteKeyKind::ed25519 &&
                          crypto::draw::Beacon{.source = key->name(), .round = 0}.check();
        if (!good)
            return fault(problem::invalid, "This is not the verifier key of a beacon: " + vkey,
                         "这不是信标的验证公钥：" + vkey);
        std::string const source = key->name();
        if (!beacons.emplace(source, std::move(*key)).second)
            return fault(problem::invalid, "Two beacons have one name: " + source, "两个信标同名：" + source);
    }
    return beacons;
}

Draws::Draws(Foundation& base, std::function<void()> leaves_waiting)
    : parts_{base.ground, signing(*base.keys), std::move(leaves_waiting)},
      draws_(
          parts_.db, parts_.vault,
          service::DrawPlanner(parts_.vault, parts_.rules, parts_.matters, beacons_of(base.options).value()),
          parts_.clock),
      public_draws_(parts_.db, parts_.rules, parts_.clock),
      explanations_(parts_),
      conflicts_(parts_.db, parts_.vault, parts_.clock),
      rounds_(parts_),
      redraw_(parts_),
      running_(base.metrics) {}

void Draws::add_routes(http::Router& router) {
    router.add(api::draw_routes(draws_, explanations_));
    router.add(api::conflict_routes(conflicts_));
    router.add(api::public_draw_routes(public_draws_));
}

void Draws::start(std::chrono::milliseconds pause) {
    running_.run({.name = "draw", .pause = pause},
                 [this] { return rounds_.round(std::chrono::steady_clock::now() + round_limit); });
}

}  // namespace sponsio::app

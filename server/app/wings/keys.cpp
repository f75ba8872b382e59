#include "server/app/wings/keys.hpp"

#include "crypto/keys/store.hpp"
#include "server/api/records.hpp"
#include "server/domain/record.hpp"

namespace sponsio::app {
namespace {

/// How soon the log names a key that another process made.
constexpr std::chrono::seconds pause_of_keeper{2};

/// Between two looks for used keys to end.
constexpr std::chrono::seconds pause_of_used_keys{10};

Deadline round_limit() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(30);
}

}  // namespace

Keys::Keys(Foundation& base, std::function<void()> leaves_waiting)
    : base_(base),
      keeper_({.db = base.db,
               .vault = base.vault,
               .keys = [&base] { return base.keys->keys(); },
               .rules = base.knowledge.rules,
               .clock = *base.clock,
               .leaves_waiting = std::move(leaves_waiting)}),
      used_keys_(base.db, *base.clock),
      sealing_keys_(base.db, *base.keys, base.metrics, {}),
      rounds_(base.metrics) {}

void Keys::add_routes(http::Router& router) {
    router.add(api::public_key_routes(
        {.jwks = [this] { return base_.keys->jwks(); },
         .sm2_pem =
             [this](std::optional<std::string> const& kid) {
                 return base_.keys->submission_pem(kid, base_.clock->now());
             },
         .record_type = json::write(domain::record_type_metadata(base_.options.issuer)),
         .issuer = json::write(domain::issuer_metadata(base_.options.issuer))}));
}

void Keys::start(std::chrono::milliseconds) {
    rounds_.run({.name = "log_keeper", .pause = pause_of_keeper},
                [this] { return keeper_.round(round_limit()); });
    rounds_.run({.name = "used_keys", .pause = pause_of_used_keys},
                [this] { return used_keys_.round(round_limit()); });
    rounds_.run({.name = "sealing_keys", .pause = pause_of_keeper},
                [this] { return sealing_keys_.round(round_limit()); });
}

void Keys::stop() {
    rounds_.stop();
    sealing_keys_.end(std::chrono::steady_clock::now() + std::chrono::seconds(2));
}

}  // namespace sponsio::app

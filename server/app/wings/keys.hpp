#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/keys/sealing_keys.hpp"
#include "server/service/keys/used_keys.hpp"
#include "server/service/log/keeper.hpp"

#include <functional>

namespace sponsio::app {

/// The server's keys as strangers find them, in the log too; the change of sealing keys; and the end of
/// Idempotency-Keys.
class Keys final : public Wing {
  public:
    Keys(Foundation& base, std::function<void()> leaves_waiting);

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override;

  private:
    Foundation& base_;
    service::LogKeeper keeper_;
    service::UsedKeys used_keys_;
    service::SealingKeys sealing_keys_;
    Rounds rounds_;
};

}  // namespace sponsio::app

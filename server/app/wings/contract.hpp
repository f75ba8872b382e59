#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"

namespace sponsio::app {

/// What this server is and how one speaks to it: the first page, the contract, the words, the refusals.
class Contract final : public Wing {
  public:
    explicit Contract(Foundation& base) : base_(base) {}

    void add_routes(http::Router& router) override;

  private:
    Foundation& base_;
};

}  // namespace sponsio::app

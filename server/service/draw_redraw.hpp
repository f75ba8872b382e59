#pragma once

#include "server/service/draw_parts.hpp"
#include "server/service/replacement.hpp"

namespace sponsio::service {

/// Who comes into the place of a drawn inspector who was recused: the next in the object's ranking, by the
/// chance that drew everything else. Nobody chooses.
class DrawRedraw {
  public:
    explicit DrawRedraw(DrawParts parts) : parts_(std::move(parts)) {}

    /// In the transaction of the recusal: strikes the leaving one out, publishes the next revision of the
    /// statement, names the next one. Passes over whoever cannot check any more. Nothing: nobody is left.
    Outcome<std::optional<Replacement>> operator()(db::PgSession& db, DrawnLeaving const& leaving,
                                                   Instant now) const;

  private:
    DrawParts parts_;
};

}  // namespace sponsio::service

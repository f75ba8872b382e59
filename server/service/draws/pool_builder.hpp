#pragma once

#include "server/service/draws/parts.hpp"

#include <optional>

namespace sponsio::service {

/// The first stage of a draw: fixes the candidates and the inspectors, writes the full pool and the list that
/// hides it in pieces, and commits to them and to a seed. Memory does not grow with the number of candidates.
class PoolBuilder {
  public:
    explicit PoolBuilder(DrawParts const& parts) : parts_(parts) {}

    /// To be called in a transaction that sees one snapshot and has locked the row. Returns the reason if
    /// nothing can be drawn; then nothing was written. A fault if the draw has to wait.
    Outcome<std::optional<domain::VoidReason>> build(db::PgSession& db, store::DrawRow const& row,
                                                     Instant now) const;

  private:
    DrawParts const& parts_;
};

}  // namespace sponsio::service

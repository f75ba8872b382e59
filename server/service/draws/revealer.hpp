#pragma once

#include "server/service/draws/parts.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/tasks.hpp"

#include <map>
#include <optional>
#include <set>

namespace sponsio::service {

/// The last stage of a draw: draws from the stored pool, seats inspectors, makes tasks, signs the statement.
class DrawRevealer {
  public:
    explicit DrawRevealer(DrawParts const& parts) : parts_(parts) {}

    /// To be called in a transaction that has locked the row. Returns pool_changed, with nothing written, if
    /// the pool or the commitment differs from the logged one; a fault if the draw has to wait.
    Outcome<std::optional<domain::VoidReason>> reveal(db::PgSession& db, store::DrawRow& row,
                                                      Instant now) const;

  private:
    struct Result;
    using DueDates = std::map<std::pair<MatterId, int>, store::TaskEnd>;

    Outcome<DueDates> due_dates(db::PgSession& db, domain::DrawPlan const& plan, Instant now) const;
    Outcome<void> seat(db::PgSession& db, store::DrawRow const& row, Result& result) const;
    Outcome<void> add_checks(db::PgSession& db, DrawId id, Result const& result, DueDates const& due,
                             Instant now) const;
    [[nodiscard]] static store::TaskToAdd inquiry_of(DrawId id, Result const& result,
                                                     crypto::draw::Drawn const& drawn,
                                                     store::DrawnCommitment const& commitment,
                                                     KnownMatter const& matter, store::TaskEnd const& end,
                                                     Instant now);
    void arm(db::PgSession& db, std::span<store::TaskToAdd const> tasks, Instant now) const;

    DrawParts const& parts_;
};

/// Seats the available inspectors. One whose account can no longer verify is struck out like a recused one,
/// and the next in the ranking moves up; `recused` gets them appended. With `only`, changes that seat
/// (counted from 0) and no other.
Result<crypto::draw::Seats> seat_those_present(crypto::draw::Assigner const& assigner,
                                               crypto::draw::Drawn const& drawn,
                                               std::set<crypto::draw::InspectorRef> const& gone,
                                               std::vector<crypto::draw::InspectorRef>& recused,
                                               std::optional<std::size_t> only = {});

/// The inspectors of a draw whose accounts are no longer those of verifiers, or who are away.
std::set<crypto::draw::InspectorRef> gone_from(db::PgSession& db, domain::DrawPlan const& plan,
                                               std::vector<store::DrawInspector> const& inspectors,
                                               Instant now);

}  // namespace sponsio::service

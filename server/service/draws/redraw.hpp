#pragma once

#include "server/service/draws/parts.hpp"
#include "server/service/tasks/replacement.hpp"

#include <type_traits>

namespace sponsio::service {

/// The successor of a recused inspector of a drawn object: the next in the object's ranking, by the chance
/// that drew everything else. Nobody chooses. A supervisor's choice is published.
class DrawRedraw {
  public:
    explicit DrawRedraw(DrawParts parts) : parts_(std::move(parts)) {}

    /// To be called in the transaction of the recusal: strikes out the inspector drawn for that seat,
    /// publishes the next revision of the statement, and returns the next inspector. Passes over inspectors
    /// who are no longer verifiers, have another seat or were recused. Nothing: nobody is left.
    Outcome<std::optional<Replacement>> operator()(db::PgSession& db, DrawnLeaving const& leaving,
                                                   Instant now) const;

    /// To be called in the transaction of a reassignment: publishes a revision that states it.
    Outcome<void> reseated(db::PgSession& db, DrawnReseating const& given, Instant now) const;

  private:
    class Revision;
    template <class Change>
    auto on_draw(db::PgSession& db, store::TaskRow const& task, domain::DrawEvent event, AccountId by,
                 Instant now, Change change) const
        -> std::invoke_result_t<Change, Revision&, std::string const&>;

    DrawParts parts_;
};

}  // namespace sponsio::service

#pragma once

#include "server/service/draws/parts.hpp"
#include "server/service/tasks/replacement.hpp"

#include <type_traits>

namespace sponsio::service {

/// Who comes into the place of a recused inspector of a drawn object: the next in its ranking, by the chance
/// that drew everything else. Nobody chooses. Where a supervisor did choose, that is published.
class DrawRedraw {
  public:
    explicit DrawRedraw(DrawParts parts) : parts_(std::move(parts)) {}

    /// In the transaction of the recusal: strikes out whom chance had in that seat, publishes the next
    /// revision of the statement, names the next one. Passes over whoever cannot check any more, sits in
    /// another seat or was recused. Nothing: nobody is left.
    Outcome<std::optional<Replacement>> operator()(db::PgSession& db, DrawnLeaving const& leaving,
                                                   Instant now) const;

    /// In the transaction of a reassignment: publishes a revision that says so.
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

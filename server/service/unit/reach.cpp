#include "server/service/unit/reach.hpp"

#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {

Reach Reach::of(db::PgSession& db, domain::Official const& who, domain::Holding what) {
    std::vector<OrganisationId> list{who.organisation};
    if (domain::extent_of(what) == domain::Extent::tree)
        list = store::organisations_in(db, {.top = who.organisation});
    for (domain::Scope const& scope : domain::granted_scopes(who, what)) {
        if (scope.everything()) return Reach(std::nullopt);
        std::ranges::copy(store::organisations_in(db, scope), std::back_inserter(list));
    }
    return Reach(std::move(list));
}

bool Reach::covers(OrganisationId organisation) const {
    return !list_ || std::ranges::find(*list_, organisation) != list_->end();
}

bool reaches(db::PgSession& db, domain::Official const& who, domain::Holding what,
             OrganisationId organisation) {
    if (organisation == who.organisation) return true;
    bool const farther =
        domain::extent_of(what) == domain::Extent::tree || !domain::granted_scopes(who, what).empty();
    return farther && Reach::of(db, who, what).covers(organisation);
}

Outcome<void> within_reach(db::PgSession& db, domain::Official const& who, domain::Holding what,
                           OrganisationId organisation) {
    if (!reaches(db, who, what, organisation)) return fault(problem::not_found);
    return {};
}

}  // namespace sponsio::service

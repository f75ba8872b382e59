#include "server/service/unit/reach.hpp"

#include "server/service/unit/proven_row.hpp"

#include <algorithm>
#include <set>

namespace sponsio::service {
namespace {

using store::Organisation;

/// Those of `rows`, all of them proven, that are the top or hang on it by rows that are there.
std::set<OrganisationId> below(OrganisationId top, std::vector<Organisation> const& rows) {
    std::set<OrganisationId> in{top};
    for (bool grew = true; std::exchange(grew, false);)
        for (Organisation const& row : rows)
            if (row.superior && in.contains(*row.superior) && in.insert(row.id).second) grew = true;
    return in;
}

/// Of an organisation and what is above it, and of a scope and what is in it, alike: what the scope has of
/// these rows.
std::vector<OrganisationId> scope_of(Vault const& vault, domain::Scope const& scope,
                                     std::vector<Organisation> rows) {
    std::erase_if(rows, [&](Organisation const& row) { return !is_believed(vault, row); });
    auto const in = scope.top ? below(*scope.top, rows) : std::set<OrganisationId>{};
    std::vector<OrganisationId> list;
    for (Organisation const& row : rows)
        if ((!scope.top || in.contains(row.id)) && row.region_code.starts_with(scope.region))
            list.push_back(row.id);
    return list;
}

bool has(std::vector<OrganisationId> const& list, OrganisationId organisation) {
    return std::ranges::find(list, organisation) != list.end();
}

/// What is reached beside the own organisation.
std::vector<domain::Scope> scopes_of(domain::Official const& who, domain::Holding what) {
    auto scopes = domain::granted_scopes(who, what);
    if (domain::extent_of(what) == domain::Extent::tree) scopes.push_back({.top = who.organisation});
    return scopes;
}

}  // namespace

Reach Reach::of(db::PgSession& db, Vault const& vault, domain::Official const& who, domain::Holding what) {
    std::vector<OrganisationId> list{who.organisation};
    for (domain::Scope const& scope : scopes_of(who, what)) {
        if (scope.everything()) return Reach(std::nullopt);
        std::ranges::copy(scope_of(vault, scope, store::organisations_in(db, scope)),
                          std::back_inserter(list));
    }
    return Reach(std::move(list));
}

bool Reach::covers(OrganisationId organisation) const {
    return !list_ || has(*list_, organisation);
}

bool reaches(db::PgSession& db, Vault const& vault, domain::Official const& who, domain::Holding what,
             OrganisationId organisation) {
    if (organisation == who.organisation) return true;
    auto const scopes = scopes_of(who, what);
    if (scopes.empty()) return false;
    if (std::ranges::any_of(scopes, &domain::Scope::everything)) return true;
    auto const above = store::organisations_above(db, organisation);
    return std::ranges::any_of(
        scopes, [&](domain::Scope const& scope) { return has(scope_of(vault, scope, above), organisation); });
}

Outcome<void> within_reach(db::PgSession& db, Vault const& vault, domain::Official const& who,
                           domain::Holding what, OrganisationId organisation) {
    if (!reaches(db, vault, who, what, organisation)) return fault(problem::not_found);
    return {};
}

bool is_own_case(domain::Official const& who, OrganisationId organisation) {
    return organisation == who.organisation;
}

}  // namespace sponsio::service

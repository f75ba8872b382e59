#include "server/domain/access.hpp"

#include <algorithm>
#include <iterator>

namespace sponsio::domain {
namespace {

/// For each holding, how far it is reached: by an account's own roles, and by grants of which role for which
/// purpose. This table and nothing else decides it.
struct ReachRule {
    Holding what;
    Extent extent;
    std::optional<std::pair<Role, Purpose>> beyond{};
};

constexpr ReachRule reach_rules[] = {
    {Holding::cases, Extent::unit},
    {Holding::records, Extent::unit, {{Role::integrator, Purpose::sharing}}},
    {Holding::reports, Extent::unit, {{Role::integrator, Purpose::sharing}}},
    {Holding::report_counts, Extent::tree, {{Role::integrator, Purpose::sharing}}},
    {Holding::registry, Extent::tree},
    {Holding::registry_seen, Extent::tree, {{Role::auditor, Purpose::audit}}},
    {Holding::trails, Extent::tree, {{Role::auditor, Purpose::audit}}},
    {Holding::draws, Extent::tree},
    {Holding::figures, Extent::unit, {{Role::assessor, Purpose::audit}}},
};

ReachRule const& rule_of(Holding what) {
    return *std::ranges::find(reach_rules, what, &ReachRule::what);
}

}  // namespace

Extent extent_of(Holding what) {
    return rule_of(what).extent;
}

bool widens(Granted const& grant, Holding what) {
    auto const& beyond = rule_of(what).beyond;
    return beyond && *beyond == std::pair(grant.role, grant.purpose);
}

std::vector<Scope> granted_scopes(Official const& who, Holding what) {
    std::vector<Scope> scopes;
    for (Granted const& grant : who.grants)
        if (widens(grant, what)) scopes.push_back(grant.scope);
    return scopes;
}

Purpose purpose_of(Official const& who, Holding what, OrganisationId organisation) {
    auto const& beyond = rule_of(what).beyond;
    return organisation == who.organisation || !beyond ? Purpose::case_handling : beyond->second;
}

Outcome<void> permit(Policy const& policy, Official const& who) {
    if (policy.open || policy.any_of.empty() || who.roles.any_of(policy.any_of)) return {};
    std::string needed;
    for (auto const& role : words<Role>)
        if (policy.any_of.has(role.value)) needed += (needed.empty() ? "" : ", ") + std::string(role.text);
    return fault(problem::forbidden, "This needs one of the roles: " + needed + ".",
                 "需要以下角色之一：" + needed + "。");
}

}  // namespace sponsio::domain

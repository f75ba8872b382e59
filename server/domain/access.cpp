#include "server/domain/access.hpp"

namespace sponsio::domain {

Outcome<void> permit(Policy const& policy, Official const& who) {
    if (policy.open || policy.any_of.empty() || who.roles.any_of(policy.any_of)) return {};
    std::string needed;
    for (auto const& role : words<Role>)
        if (policy.any_of.has(role.value)) needed += (needed.empty() ? "" : ", ") + std::string(role.text);
    return fault(problem::forbidden, "This needs one of the roles: " + needed + ".",
                 "需要以下角色之一：" + needed + "。");
}

}  // namespace sponsio::domain

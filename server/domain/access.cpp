#include "server/domain/access.hpp"

namespace sponsio::domain {

std::span<Word<Role> const> words_of(Role) {
    static constexpr Word<Role> words[] = {{Role::clerk, "clerk"},
                                           {Role::verifier, "verifier"},
                                           {Role::reviewer, "reviewer"},
                                           {Role::decider, "decider"},
                                           {Role::supervisor, "supervisor"},
                                           {Role::integrator, "integrator"},
                                           {Role::assessor, "assessor"},
                                           {Role::auditor, "auditor"},
                                           {Role::administrator, "administrator"}};
    return words;
}

Outcome<void> permit(Policy const& policy, Official const& who) {
    if (policy.open || policy.any_of.empty() || who.roles.any_of(policy.any_of)) return {};
    std::string needed;
    for (auto const& role : words_of(Role{}))
        if (policy.any_of.has(role.value)) needed += (needed.empty() ? "" : ", ") + std::string(role.text);
    return fault(problem::forbidden, "This needs one of the roles: " + needed + ".",
                 "需要以下角色之一：" + needed + "。");
}

}  // namespace sponsio::domain

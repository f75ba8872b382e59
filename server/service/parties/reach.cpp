#include "server/service/parties/reach.hpp"

#include <algorithm>

namespace sponsio::service {

Outcome<void> within_reach(db::PgSession& db, domain::Official const& who, OrganisationId organisation) {
    auto const reach = store::organisation_and_below(db, who.organisation);
    if (std::ranges::find(reach, organisation) == reach.end()) return fault(problem::not_found);
    return {};
}

std::vector<std::string> read_roles(domain::Fields& fields) {
    auto roles = fields.texts("roles", {.min = 1, .max = 9}, {.max = 32});
    for (std::size_t i = 0; i != roles.size(); ++i) {
        if (!domain::from_word<domain::Role>(roles[i]))
            fields.refuse_element("roles", i, reason::unknown_value,
                                  {.words = domain::allowed_words<domain::Role>()});
        auto const before = roles.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(roles.begin(), before, roles[i]) != before)
            fields.refuse_element("roles", i, reason::listed_twice);
    }
    return roles;
}

}  // namespace sponsio::service

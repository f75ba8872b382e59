#include "server/domain/grant.hpp"

namespace sponsio::domain {
namespace {

using S = GrantState;
using E = GrantEvent;

/// The operator gives; somebody with an account, who is neither giver nor holder, confirms.
Outcome<void> is_second(GrantFacts const& f) {
    if (!f.actor)
        return fault(problem::same_person, "The operator gives a grant and does not confirm it.",
                     "授权由运维人员提出，须由另一人确认。");
    auto const holder = second_person(*f.actor, f.holder, "Nobody confirms a grant of their own.",
                                      "本人不得确认对自己的授权。");
    if (!holder || !f.given_by) return holder;
    return second_person(*f.actor, *f.given_by, "Who gave a grant does not confirm it.",
                         "提出授权的人不得确认该授权。");
}

constexpr GrantLifecycle::Row rows[] = {
    {S::given, E::confirm, S::confirmed, {"second person", is_second}},
    {S::given, E::end, S::ended},
    {S::confirmed, E::end, S::ended},
};

}  // namespace

GrantLifecycle const grant_lifecycle{"grant", GrantState::given, rows};

}  // namespace sponsio::domain

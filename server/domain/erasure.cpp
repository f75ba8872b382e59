#include "server/domain/erasure.hpp"

namespace sponsio::domain {
namespace {

using S = ErasureState;
using E = ErasureEvent;

/// The operator asks on the command line, as nobody with an account; so whoever has one is a second person.
Outcome<void> is_second(ErasureFacts const& f) {
    if (f.actor || f.by_rule) return {};
    return fault(problem::same_person, "The operator asks for an erasure and does not confirm it.",
                 "销毁由运维人员提出，须由另一人确认。");
}

constexpr Guard<ErasureFacts> second{"second person, or a period of retention that is over", is_second};
constexpr ErasureLifecycle::Row rows[] = {
    {S::requested, E::confirm, S::erased, second},
    {S::requested, E::refuse, S::refused, second},
    {S::erased, E::finish, S::finished},
};

}  // namespace

ErasureLifecycle const erasure_lifecycle{"erasure", ErasureState::requested, rows};

}  // namespace sponsio::domain

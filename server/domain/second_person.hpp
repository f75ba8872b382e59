#pragma once

#include "server/base/fault.hpp"
#include "server/base/id.hpp"

namespace sponsio::domain {

/// The rule of everything that takes two: who decides is another than the one named. problem::same_person in
/// these words if not.
inline Outcome<void> second_person(AccountId decider, AccountId other, char const* en, char const* zh) {
    if (decider != other) return {};
    return fault(problem::same_person, en, zh);
}

}  // namespace sponsio::domain

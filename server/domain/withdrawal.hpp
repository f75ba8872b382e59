#pragma once

#include "server/base/id.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <string>

namespace sponsio {

using WithdrawalId = Id<struct WithdrawalTag>;

}  // namespace sponsio

/// The withdrawal of a commitment that is to be checked: it needs the consent of the unit that verifies
/// (docs/law.md B6).
namespace sponsio::domain {

enum class WithdrawalState { requested, consented, refused };
enum class WithdrawalEvent { consent, refuse };

constexpr auto words_of(WithdrawalState) {
    using enum WithdrawalState;
    return std::to_array<Word<WithdrawalState>>(
        {{requested, "requested"}, {consented, "consented"}, {refused, "refused"}});
}

constexpr auto words_of(WithdrawalEvent) {
    using enum WithdrawalEvent;
    return std::to_array<Word<WithdrawalEvent>>({{consent, "consent"}, {refuse, "refuse"}});
}

struct WithdrawalFacts {
    PersonId actor;
    PersonId requested_by;
};

using WithdrawalLifecycle = Lifecycle<WithdrawalState, WithdrawalEvent, WithdrawalFacts>;
extern WithdrawalLifecycle const withdrawal_lifecycle;

/// What the unit that verifies says to a request.
struct WithdrawalDecision {
    bool consented;
    std::string why;

    static WithdrawalDecision read(Fields& fields);
};

}  // namespace sponsio::domain

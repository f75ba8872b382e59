#include "server/domain/withdrawal.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

Outcome<void> is_another(WithdrawalFacts const& f) {
    return second_person(f.actor, f.requested_by, "Who asked for a withdrawal does not consent to it.",
                         "申请撤回承诺的人员不得自行同意。");
}

constexpr Guard<WithdrawalFacts> another{"another person", is_another};
constexpr WithdrawalLifecycle::Row rows[] = {
    {WithdrawalState::requested, WithdrawalEvent::consent, WithdrawalState::consented, another},
    {WithdrawalState::requested, WithdrawalEvent::refuse, WithdrawalState::refused, another},
};

}  // namespace

WithdrawalLifecycle const withdrawal_lifecycle{"withdrawal", WithdrawalState::requested, rows};

WithdrawalDecision WithdrawalDecision::read(Fields& fields) {
    return {fields.boolean("consented"), fields.text("why", {.max = 4000})};
}

}  // namespace sponsio::domain

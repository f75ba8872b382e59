#include "server/domain/credit_code.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

using S = CreditCodeState;
using E = CreditCodeEvent;

Outcome<void> is_another(CreditCodeFacts const& f) {
    return second_person(f.actor, f.entered_by, "Who entered a code cannot confirm it.",
                         "登记人不得确认自己登记的代码。");
}

constexpr CreditCodeLifecycle::Row rows[] = {
    {S::entered, E::enter_again, S::entered},
    {S::entered, E::confirm, S::confirmed, {"second person", is_another}},
};

}  // namespace

CreditCodeLifecycle const credit_code_lifecycle{"credit code", CreditCodeState::entered, rows};

}  // namespace sponsio::domain

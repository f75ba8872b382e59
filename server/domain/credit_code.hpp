#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <array>

/// A credit code with a wrong check character, as an organisation vouches for it
/// (docs/adr/0010-papers-and-names.md).
namespace sponsio::domain {

enum class CreditCodeState { entered, confirmed };
enum class CreditCodeEvent {
    enter_again,  ///< in the place of an entry that nobody has confirmed
    confirm
};

constexpr auto words_of(CreditCodeState) {
    using enum CreditCodeState;
    return std::to_array<Word<CreditCodeState>>({{entered, "entered"}, {confirmed, "confirmed"}});
}

constexpr auto words_of(CreditCodeEvent) {
    using enum CreditCodeEvent;
    return std::to_array<Word<CreditCodeEvent>>({{enter_again, "enter_again"}, {confirm, "confirm"}});
}

struct CreditCodeFacts {
    PersonId actor;
    PersonId entered_by;
};

using CreditCodeLifecycle = Lifecycle<CreditCodeState, CreditCodeEvent, CreditCodeFacts>;
extern CreditCodeLifecycle const credit_code_lifecycle;

}  // namespace sponsio::domain

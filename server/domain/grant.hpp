#pragma once

#include "server/domain/access.hpp"
#include "server/domain/second_person.hpp"

#include <array>
#include <optional>

/// A right beyond the own organisation and those below it: who has it, for what, over whom, on what basis and
/// how long. The operator gives it, a second person confirms it, and only then it counts.
namespace sponsio::domain {

enum class GrantState { given, confirmed, ended };
enum class GrantEvent { confirm, end };

constexpr auto words_of(GrantState) {
    using enum GrantState;
    return std::to_array<Word<GrantState>>({{given, "given"}, {confirmed, "confirmed"}, {ended, "ended"}});
}

constexpr auto words_of(GrantEvent) {
    using enum GrantEvent;
    return std::to_array<Word<GrantEvent>>({{confirm, "confirm"}, {end, "end"}});
}

struct GrantFacts {
    std::optional<PersonId> actor;  ///< nobody: the operator
    PersonId holder;
    std::optional<PersonId> given_by;  ///< nobody: the operator
};

using GrantLifecycle = Lifecycle<GrantState, GrantEvent, GrantFacts>;
extern GrantLifecycle const grant_lifecycle;

}  // namespace sponsio::domain

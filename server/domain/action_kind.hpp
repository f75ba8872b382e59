#pragma once

#include "server/domain/words.hpp"

#include <array>

namespace sponsio::domain {

/// What an agency does in a matter: a licence, a confirmation, a payment and so on.
enum class ActionKind { licence, confirmation, benefit, other_application, public_service };

constexpr auto words_of(ActionKind) {
    using enum ActionKind;
    return std::to_array<Word<ActionKind>>({{licence, "licence"},
                                            {confirmation, "confirmation"},
                                            {benefit, "benefit"},
                                            {other_application, "other_application"},
                                            {public_service, "public_service"}});
}

}  // namespace sponsio::domain

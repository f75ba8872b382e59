#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <array>
#include <optional>

namespace sponsio {

using ErasureId = Id<struct ErasureTag>;

}  // namespace sponsio

/// The erasure of what is known of a person in one case (Personal Information Protection Law art. 47,
/// docs/law.md G12). The operator asks, a second person confirms, and then nothing of it can be read here. It
/// is finished when the sealing keys are destroyed under which copies of its data keys lie in backups and
/// write-ahead logs.
namespace sponsio::domain {

enum class ErasurePart {
    the_case,  ///< everything that is sealed of a commitment and of what followed from it
    record     ///< the credit information only; the file of the case stays, and is not found by its person
};
enum class ErasureReason { purpose_achieved, retention_over, consent_withdrawn, unlawful, ordered };
enum class ErasureState { requested, refused, erased, finished };
enum class ErasureEvent { confirm, refuse, finish };

constexpr auto words_of(ErasurePart) {
    using enum ErasurePart;
    return std::to_array<Word<ErasurePart>>({{the_case, "case"}, {record, "record"}});
}

constexpr auto words_of(ErasureReason) {
    using enum ErasureReason;
    return std::to_array<Word<ErasureReason>>({{purpose_achieved, "purpose_achieved"},
                                               {retention_over, "retention_over"},
                                               {consent_withdrawn, "consent_withdrawn"},
                                               {unlawful, "unlawful"},
                                               {ordered, "ordered"}});
}

constexpr auto words_of(ErasureState) {
    using enum ErasureState;
    return std::to_array<Word<ErasureState>>(
        {{requested, "requested"}, {refused, "refused"}, {erased, "erased"}, {finished, "finished"}});
}

constexpr auto words_of(ErasureEvent) {
    using enum ErasureEvent;
    return std::to_array<Word<ErasureEvent>>({{confirm, "confirm"}, {refuse, "refuse"}, {finish, "finish"}});
}

struct ErasureFacts {
    std::optional<PersonId> actor;  ///< nobody: the system
    bool by_rule = false;           ///< a retention period ended
};

using ErasureLifecycle = Lifecycle<ErasureState, ErasureEvent, ErasureFacts>;
extern ErasureLifecycle const erasure_lifecycle;

}  // namespace sponsio::domain

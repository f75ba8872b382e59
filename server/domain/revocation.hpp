#pragma once

#include "server/base/id.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>
#include <string>

namespace sponsio {

using RevocationId = Id<struct RevocationTag>;

}  // namespace sponsio

/// The decision that an effective finding does not stand: it was overturned elsewhere, or the unit itself
/// sets a mistake right. Nothing of a finding is ever edited (docs/law.md F7).
namespace sponsio::domain {

enum class RevocationGround {
    reconsideration,  ///< the authority that reconsiders overturned it
    judgment,         ///< a court did
    supervision,      ///< a superior authority did
    own_mistake       ///< the unit found that it was wrong
};

constexpr auto words_of(RevocationGround) {
    using enum RevocationGround;
    return std::to_array<Word<RevocationGround>>({{reconsideration, "reconsideration"},
                                                  {judgment, "judgment"},
                                                  {supervision, "supervision"},
                                                  {own_mistake, "own_mistake"}});
}

enum class RevocationState { requested, revoked, refused };
enum class RevocationEvent { revoke, refuse };

constexpr auto words_of(RevocationState) {
    using enum RevocationState;
    return std::to_array<Word<RevocationState>>(
        {{requested, "requested"}, {revoked, "revoked"}, {refused, "refused"}});
}

constexpr auto words_of(RevocationEvent) {
    using enum RevocationEvent;
    return std::to_array<Word<RevocationEvent>>({{revoke, "revoke"}, {refuse, "refuse"}});
}

struct RevocationFacts {
    PersonId actor;
    bool known = false;  ///< somebody entered who that is
    PersonId requested_by;
    bool effective = false;  ///< the finding still is
};

using RevocationLifecycle = Lifecycle<RevocationState, RevocationEvent, RevocationFacts>;
extern RevocationLifecycle const revocation_lifecycle;

/// Why the finding is not to stand, as one person asks for it.
struct RevocationDraft {
    RevocationGround ground;
    std::string number;   ///< of the paper that says so
    Date decided_on;      ///< the day of that paper: from it the period to undo what followed runs
    EvidenceId evidence;  ///< that paper, among the finding's files
    std::string why;

    static RevocationDraft read(Fields& fields);
};

/// What another person says to it.
struct RevocationDecision {
    bool revoked;
    std::string opinion;

    static RevocationDecision read(Fields& fields);
};

}  // namespace sponsio::domain

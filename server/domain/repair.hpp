#pragma once

#include "crypto/digest.hpp"
#include "server/domain/assent.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio {

using RepairId = Id<struct RepairTag>;

}  // namespace sponsio

/// Credit repair (信用修复): applied for on paper, taken in once all conditions hold, decided by another
/// person, and revoked where its papers were false (docs/law.md I).
namespace sponsio::domain {

enum class RepairState { applied, refused, accepted, granted, rejected, revoked, withdrawn };
enum class RepairEvent { accept, refuse, extend, grant, reject, revoke, withdraw };

constexpr auto words_of(RepairState) {
    using enum RepairState;
    return std::to_array<Word<RepairState>>({{applied, "applied"},
                                             {refused, "refused"},
                                             {accepted, "accepted"},
                                             {granted, "granted"},
                                             {rejected, "rejected"},
                                             {revoked, "revoked"},
                                             {withdrawn, "withdrawn"}});
}

constexpr auto words_of(RepairEvent) {
    using enum RepairEvent;
    return std::to_array<Word<RepairEvent>>({{accept, "accept"},
                                             {refuse, "refuse"},
                                             {extend, "extend"},
                                             {grant, "grant"},
                                             {reject, "reject"},
                                             {revoke, "revoke"},
                                             {withdraw, "withdraw"}});
}

/// What is missing for a repair. All that is missing is told at once.
enum class RepairGap {
    application_missing,  ///< the image of the signed application is not here
    period_running,       ///< the shortest period of publicity is not over
    not_corrected,        ///< nothing shows that all is set right and the duties are met
    commitment_missing,   ///< no signed commitment that the papers are true and liability is accepted
    barred,               ///< an earlier repair rested on false papers
    excluded,             ///< such a record is not repaired by application
    record_not_standing   ///< the record was withdrawn or repaired, or is suspended
};

constexpr auto words_of(RepairGap) {
    using enum RepairGap;
    return std::to_array<Word<RepairGap>>({{application_missing, "application_missing"},
                                           {period_running, "period_running"},
                                           {not_corrected, "not_corrected"},
                                           {commitment_missing, "commitment_missing"},
                                           {barred, "barred"},
                                           {excluded, "excluded"},
                                           {record_not_standing, "record_not_standing"}});
}

struct RepairFacts {
    PersonId actor;
    bool known = true;  ///< it was entered who the actor is
    Instant now;
    std::optional<Instant> due{};
    bool extended = false;
    bool extendable = false;             ///< the place lets the head extend the period
    std::optional<PersonId> filed_by{};  ///< the official who recorded it; nobody where the subject applied
    std::optional<PersonId> accepted_by{};
    std::optional<PersonId> decided_by{};
};

using RepairLifecycle = Lifecycle<RepairState, RepairEvent, RepairFacts>;
extern RepairLifecycle const repair_lifecycle;

/// An application as it comes in at the counter.
struct RepairDraft {
    RecordId record;
    std::string statement;
    std::optional<Date> corrected_on;
    IdentityCheck identity_check;
    crypto::Digest paper;  ///< SHA-256 of the image of the signed application

    static RepairDraft read(Fields& fields);
};

/// An application by the subject itself.
struct OwnRepair {
    std::string statement;
    std::optional<Date> corrected_on;

    static OwnRepair read(Fields& fields);
};

/// Whether an application is taken in, and which of its files show what.
struct RepairAcceptance {
    bool accepted;
    std::string why;
    std::optional<EvidenceId> correction{};  ///< what proves that all is set right
    std::optional<EvidenceId> commitment{};  ///< the signed credit commitment

    static RepairAcceptance read(Fields& fields);
};

struct RepairDecision {
    bool granted;
    std::string reasons;
    std::string number;  ///< of the answer

    static RepairDecision read(Fields& fields);
};

/// That a repair rested on false papers.
struct RepairRevocation {
    std::string reasons;
    std::string number;

    static RepairRevocation read(Fields& fields);
};

}  // namespace sponsio::domain

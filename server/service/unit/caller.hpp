#pragma once

#include "crypto/digest.hpp"
#include "server/domain/access.hpp"
#include "server/domain/actor.hpp"
#include "server/store/step_signatures.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sponsio::service {

using domain::Official;

class Once;

/// On whose behalf, and how long the caller will wait. What a service does takes the caller by the type of
/// those who may do it, so none but an official comes where Caller<Official> stands: others have no account
/// to be asked for.
template <class Who>
struct Caller {
    std::shared_ptr<Who const> who;
    Deadline deadline;
    /// The Idempotency-Key of a step, if it came with one; in_transaction(db, caller, ...) keeps it.
    std::shared_ptr<Once> once{};
    /// Method and pattern of the route, for the trail of queries: "GET /v1/commitments/{commitment_code}".
    std::string route{};
    /// Of a step that the caller signed; in_transaction(db, caller, ...) stores it with the step.
    std::shared_ptr<store::StepSignature const> signature{};
};

/// Whose Idempotency-Keys are meant. The system has none.
struct KeyOwner {
    KeyOwner(Official const& who) : id(who.account.raw()), organisation(who.organisation) {}

    KeyOwner(domain::SubjectId who) : id(who.raw()) {}

    KeyOwner(domain::SubmitterId who) : id(who.raw()) {}

    Uuid id;
    /// Under it lie an official's keys of before keys belonged to accounts.
    std::optional<OrganisationId> organisation{};
};

/// An Idempotency-Key, and the request that it came with: method, path and body.
struct RequestOnce {
    std::string key;
    crypto::Digest digest;
};

/// An answer as its JSON text.
struct Document {
    std::string json;
};

/// The answer to a create: the document of the first answer, and whether this is a repetition.
struct Created {
    std::string body;      ///< JSON
    std::string location;  ///< path of what was made
    bool replayed = false;
};

}  // namespace sponsio::service

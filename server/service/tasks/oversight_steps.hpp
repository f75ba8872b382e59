#pragma once

#include "server/domain/decode.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/tasks/alarms.hpp"
#include "server/service/tasks/replacement.hpp"
#include "server/service/unit/request.hpp"

#include <optional>
#include <string>

/// Decisions about a task by people other than its inspectors.
namespace sponsio::service {

/// A request to recuse an inspector: by the inspector, or for the party by the person who took it down.
struct RecusalRequest {
    std::optional<AccountId> inspector;  ///< nothing: the caller
    std::string why;

    static RecusalRequest read(domain::Fields& fields);
};

struct RecusalDecision {
    bool granted;
    std::string why;

    static RecusalDecision read(domain::Fields& fields);
};

struct ReopeningRequest {
    std::string why;

    static ReopeningRequest read(domain::Fields& fields);
};

/// That a conclusion was a slip.
struct RetractionRequest {
    std::string why;

    static RetractionRequest read(domain::Fields& fields);
};

struct RetractionDecision {
    bool approved;
    std::string why;

    static RetractionDecision read(domain::Fields& fields);
};

struct ReopeningDecision {
    bool approved;
    std::string why;

    static ReopeningDecision read(domain::Fields& fields);
};

struct Reassignment {
    std::optional<AccountId> from;  ///< nothing: an empty seat, or the only one
    AccountId to;
    std::string why;

    static Reassignment read(domain::Fields& fields);
};

struct OversightParts : Ground {
    Redraw redraw{};  ///< without one a drawn seat stays empty
    Reseat reseat{};  ///< without one nobody is told of a reassignment
};

RequestLabels labels_of(RecusalId id);
RequestLabels labels_of(ReopeningId id);
RequestLabels labels_of(RetractionId id);

/// The task goes on meanwhile (Administrative Penalty Law art. 43).
Outcome<domain::Json> request_recusal(TaskCase& check, Vault const& vault, RecusalRequest const& request);
Outcome<void> decide_recusal(TaskCase& check, OversightParts const& parts, RecusalId id,
                             RecusalDecision const& decision);

/// From now on evidence can be added; the task goes on only if another person approves.
Outcome<domain::Json> request_reopening(TaskCase& check, Vault const& vault, ReopeningRequest const& request);
Outcome<void> decide_reopening(TaskCase& check, OversightParts const& parts,
                               ReopeningDecision const& decision);

/// problem::invalid for `/to` unless that is an open account of a verifier of the unit.
Outcome<void> is_verifier_of(db::PgSession& db, AccountId account, OrganisationId unit);
/// Asks that a conclusion be taken back before the task is closed. problem::wrong_step otherwise.
Outcome<domain::Json> request_retraction(TaskCase& check, Vault const& vault,
                                         RetractionRequest const& request);
/// Decides about it. Approved, the conclusion is kept among the earlier ones and the task is in progress.
Outcome<void> decide_retraction(TaskCase& check, Vault const& vault, RetractionDecision const& decision);

/// A supervisor puts a verifier of the unit into a seat.
Outcome<void> reassign(TaskCase& check, OversightParts const& parts, Reassignment const& wish);

}  // namespace sponsio::service

#pragma once

#include "server/domain/access.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/rules.hpp"
#include "server/service/tasks/case.hpp"

#include <optional>
#include <string>

/// The steps of a verification task that its inspectors take.
namespace sponsio::service {

/// The conclusion of a task.
struct Conclusion {
    domain::CheckResult result;
    Date checked_on;
    std::string summary;

    static Conclusion read(domain::Fields& fields);
};

/// The response of an inspector who does not lead to the conclusion.
struct SignOff {
    std::optional<std::string> dissent;  ///< nothing: they stand by it

    static SignOff read(domain::Fields& fields);
};

/// The seal labels (Vault) of a task's summary and notes.
std::string summary_label(TaskId id);
std::string note_label(NoteId id);

/// Takes the first empty seat.
Outcome<void> claim(TaskCase& check);
Outcome<void> hand_back(TaskCase& check);
Outcome<void> start(TaskCase& check);
/// What one person chose to check alone ends as consistent only with evidence where the rule pack asks for it
/// (`verify.consistent.evidence`); elsewhere the summary has the grounds.
Outcome<void> check_grounds(TaskCase const& check, domain::Rules const& rules, domain::Official const& who,
                            domain::CheckResult result);
Outcome<void> conclude(TaskCase& check, Vault const& vault, Conclusion const& conclusion);
/// Records the sign-off. A dissent returns the task to its inspectors.
Outcome<void> sign_off(TaskCase& check, Vault const& vault, SignOff const& said);
Outcome<void> close(TaskCase& check);

/// Stores a note of the actor about the task, sealed.
void keep_note(TaskCase const& check, Vault const& vault, store::NoteKind kind, std::string const& text);

}  // namespace sponsio::service

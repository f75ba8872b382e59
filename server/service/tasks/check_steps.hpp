#pragma once

#include "server/domain/finding.hpp"
#include "server/service/tasks/case.hpp"

#include <optional>
#include <string>

/// The steps of a check, each by one of its inspectors.
namespace sponsio::service {

/// What a check found.
struct Conclusion {
    domain::CheckResult result;
    Date checked_on;
    std::string summary;

    static Conclusion read(domain::Fields& fields);
};

/// What an inspector who does not lead says to the conclusion.
struct SignOff {
    std::optional<std::string> dissent;  ///< nothing: they stand by it

    static SignOff read(domain::Fields& fields);
};

/// Seal labels (Vault) of the sealed texts of a task.
std::string summary_label(TaskId id);
std::string note_label(NoteId id);

/// Takes the first empty seat.
Outcome<void> claim(TaskCase& check);
Outcome<void> hand_back(TaskCase& check);
Outcome<void> start(TaskCase& check);
Outcome<void> conclude(TaskCase& check, Vault const& vault, Conclusion const& conclusion);
/// A dissent sends the check back to its inspectors.
Outcome<void> sign_off(TaskCase& check, Vault const& vault, SignOff const& said);
Outcome<void> close(TaskCase& check);

/// What the actor says of the task, sealed.
void keep_note(TaskCase const& check, Vault const& vault, store::NoteKind kind, std::string const& text);

}  // namespace sponsio::service

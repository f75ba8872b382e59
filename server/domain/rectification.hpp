#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/lifecycles.hpp"

#include <optional>
#include <string>

/// The rectification of a doubtful commitment in time, wholly or in part (docs/law.md D1).
namespace sponsio::domain {

enum class RectificationOutcome { full, partial };

constexpr auto words_of(RectificationOutcome) {
    using enum RectificationOutcome;
    return std::to_array<Word<RectificationOutcome>>({{full, "full"}, {partial, "partial"}});
}

/// The rectification as a verifier of the verifying unit records it.
struct RectificationDraft {
    RectificationOutcome outcome;
    std::optional<std::string> unperformed_content;  ///< exactly with partial, as the report has it
    std::optional<std::string> breach_action;        ///< set exactly with partial, as the report has it
    std::string why;

    static RectificationDraft read(Fields& fields);
    [[nodiscard]] Json to_json() const;
};

/// A second person's decision on it.
struct RectificationDecision {
    bool confirmed;
    std::string opinion;

    static RectificationDecision read(Fields& fields);
};

CommitmentEvent commitment_event_of(RectificationOutcome outcome);

/// The degree to which a promise was kept, as it is reported (承诺履行状态).
enum class Performance { full, partial, not_at_all };

constexpr auto words_of(Performance) {
    using enum Performance;
    return std::to_array<Word<Performance>>(
        {{full, "full"}, {partial, "partial"}, {not_at_all, "not_at_all"}});
}

/// Nothing while it is not settled. A breach counts as a whole, since a finding does not state which part of
/// the promise was kept.
std::optional<Performance> performance_of(CommitmentState state);

}  // namespace sponsio::domain

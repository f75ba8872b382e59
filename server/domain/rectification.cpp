#include "server/domain/rectification.hpp"

#include "server/base/form.hpp"

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 4000};

}  // namespace

RectificationDraft RectificationDraft::read(Fields& fields) {
    RectificationDraft draft{.outcome = fields.choice<RectificationOutcome>("outcome"),
                             .unperformed_content = fields.optional_text("unperformed_content", {.max = 512}),
                             .breach_action = fields.optional_text("breach_action", {.max = 512}),
                             .why = fields.text("why", long_text)};
    bool const partial = draft.outcome == RectificationOutcome::partial;
    for (auto const& [name, text] : {std::pair{"unperformed_content", &draft.unperformed_content},
                                     std::pair{"breach_action", &draft.breach_action}}) {
        if (partial && !*text) fields.refuse(name, reason::required, form::text);
        if (!partial && *text) fields.refuse(name, reason::not_allowed_here);
    }
    return draft;
}

Json RectificationDraft::to_json() const {
    return JsonObject{{"unperformed_content", unperformed_content ? Json(*unperformed_content) : Json()},
                      {"breach_action", breach_action ? Json(*breach_action) : Json()},
                      {"why", why}};
}

RectificationDecision RectificationDecision::read(Fields& fields) {
    return {fields.boolean("confirmed"), fields.text("opinion", long_text)};
}

CommitmentEvent commitment_event_of(RectificationOutcome outcome) {
    return outcome == RectificationOutcome::full ? CommitmentEvent::rectified
                                                 : CommitmentEvent::rectified_partly;
}

std::optional<Performance> performance_of(CommitmentState state) {
    switch (state) {
        case CommitmentState::fulfilled: return Performance::full;
        case CommitmentState::partly_fulfilled: return Performance::partial;
        case CommitmentState::breached: return Performance::not_at_all;
        default: return std::nullopt;
    }
}

}  // namespace sponsio::domain

#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <array>
#include <optional>
#include <vector>

namespace sponsio {

using ListingId = Id<struct ListingTag>;

}  // namespace sponsio

/// The serious list (严重失信主体名单): a case of its own over an issued record, from the proposal over the
/// check of its legal basis, the prior notice, the defence and the hearing to the decision of the head, which
/// is served before anybody is listed; and how the listing ends (docs/law.md H).
namespace sponsio::domain {

enum class ListingState {
    proposed,
    refused,  ///< the reviewer found no law that sets up such a list
    checked,
    noticed,
    defended,
    waived,
    hearing_requested,
    hearing_called,
    heard,
    decided,
    dismissed,
    listed,
    removed,
    lapsed  ///< the record ceased to stand before anybody was listed
};
enum class ListingEvent {
    confirm_basis,
    refuse_basis,
    compose_notice,
    serve_notice,
    defend,
    waive,
    request_hearing,
    withdraw_hearing,
    call_hearing,
    serve_call,
    hold_hearing,
    decide,
    dismiss,
    serve_decision,
    period_over,
    repaired,
    record_ended,
    revoke
};

constexpr auto words_of(ListingState) {
    using enum ListingState;
    return std::to_array<Word<ListingState>>({{proposed, "proposed"},
                                              {refused, "refused"},
                                              {checked, "checked"},
                                              {noticed, "noticed"},
                                              {defended, "defended"},
                                              {waived, "waived"},
                                              {hearing_requested, "hearing_requested"},
                                              {hearing_called, "hearing_called"},
                                              {heard, "heard"},
                                              {decided, "decided"},
                                              {dismissed, "dismissed"},
                                              {listed, "listed"},
                                              {removed, "removed"},
                                              {lapsed, "lapsed"}});
}

constexpr auto words_of(ListingEvent) {
    using enum ListingEvent;
    return std::to_array<Word<ListingEvent>>({{confirm_basis, "confirm_basis"},
                                              {refuse_basis, "refuse_basis"},
                                              {compose_notice, "compose_notice"},
                                              {serve_notice, "serve_notice"},
                                              {defend, "defend"},
                                              {waive, "waive"},
                                              {request_hearing, "request_hearing"},
                                              {withdraw_hearing, "withdraw_hearing"},
                                              {call_hearing, "call_hearing"},
                                              {serve_call, "serve_call"},
                                              {hold_hearing, "hold_hearing"},
                                              {decide, "decide"},
                                              {dismiss, "dismiss"},
                                              {serve_decision, "serve_decision"},
                                              {period_over, "period_over"},
                                              {repaired, "repaired"},
                                              {record_ended, "record_ended"},
                                              {revoke, "revoke"}});
}

/// Why a case of the list ended without a step of its own; the words are those of the events.
enum class ListingEnd { period_over, repaired, record_ended, revoke };

constexpr auto words_of(ListingEnd) {
    using enum ListingEnd;
    return std::to_array<Word<ListingEnd>>({{period_over, "period_over"},
                                            {repaired, "repaired"},
                                            {record_ended, "record_ended"},
                                            {revoke, "revoke"}});
}

ListingEvent event_of(ListingEnd why);

struct ListingFacts {
    std::optional<PersonId> actor;  ///< nobody where the system itself ends it
    bool known = true;              ///< it was entered who the actor is
    PersonId proposed_by;
    std::optional<PersonId> checked_by{};
    std::optional<PersonId> decided_by{};
    std::vector<PersonId> investigated{};  ///< who filed, checked or drafted in the case behind the record
    std::vector<PersonId> served_by{};     ///< who recorded the service of its papers
    Instant now{};
    bool notice_to_serve = false;  ///< the prior notice was composed
    bool call_to_serve = false;    ///< the notice of the hearing was composed
    /// The first instant after the period for statement and defence; nothing while no calendar covers it.
    std::optional<Instant> defence_until{};
    bool may_be_heard = false;               ///< the place gives the right to a hearing
    std::optional<Instant> hearing_until{};  ///< the first instant after the last day to ask for one
    std::optional<PersonId> chair{};
    std::optional<Instant> hearing_at{};
};

using ListingLifecycle = Lifecycle<ListingState, ListingEvent, ListingFacts>;
extern ListingLifecycle const listing_lifecycle;

}  // namespace sponsio::domain

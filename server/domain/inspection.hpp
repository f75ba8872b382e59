#pragma once

#include "server/base/id.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>
#include <string>

namespace sponsio {

using InspectionId = Id<struct InspectionTag>;

}  // namespace sponsio

/// The on-site check of an enterprise (涉企行政检查): approved by another person before anybody goes, within
/// the yearly cap that the unit has published, and shown by a check code (检查码) that the enterprise can
/// look up (docs/law.md C12).
namespace sponsio::domain {

enum class InspectionState { requested, approved, refused, carried_out, called_off };
enum class InspectionEvent {
    approve,
    refuse,
    carry_out,  ///< the check was concluded by what the visit showed
    call_off    ///< another day was asked for, or the check ended without a visit
};

constexpr auto words_of(InspectionState) {
    using enum InspectionState;
    return std::to_array<Word<InspectionState>>({{requested, "requested"},
                                                 {approved, "approved"},
                                                 {refused, "refused"},
                                                 {carried_out, "carried_out"},
                                                 {called_off, "called_off"}});
}

constexpr auto words_of(InspectionEvent) {
    using enum InspectionEvent;
    return std::to_array<Word<InspectionEvent>>(
        {{approve, "approve"}, {refuse, "refuse"}, {carry_out, "carry_out"}, {call_off, "call_off"}});
}

struct InspectionFacts {
    PersonId actor;
    PersonId requested_by;
    /// The cap of the year that the unit has published; nothing: none.
    std::optional<int> cap{};
    bool capped = false;  ///< the place wants a cap (rule check.enterprise.cap)
    int made = 0;         ///< of the same enterprise by the same unit in that year: approved or carried out
};

using InspectionLifecycle = Lifecycle<InspectionState, InspectionEvent, InspectionFacts>;
extern InspectionLifecycle const inspection_lifecycle;

struct InspectionRequest {
    std::string why;  ///< what is to be checked there, and why it takes a visit
    Date planned_on;

    static InspectionRequest read(Fields& fields);
};

struct InspectionDecision {
    bool approved;
    std::string why;

    static InspectionDecision read(Fields& fields);
};

/// The most inspections of one enterprise in a year (年度检查频次上限), as the unit publishes it.
struct InspectionCap {
    int year;
    int most;

    static InspectionCap read(Fields& fields);
};

}  // namespace sponsio::domain

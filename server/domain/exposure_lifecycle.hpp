#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>

namespace sponsio {

using ExposureId = Id<struct ExposureTag>;

}  // namespace sponsio

/// The case of a unit that demands a proof which may not be demanded (曝光与纠正, docs/exposure.md): looked
/// into by one person and decided by another, the unit heard, its correction ordered, and only then named.
namespace sponsio::domain {

enum class ExposureState {
    reported,
    screened,       ///< one person has looked into it, another decides
    joint_meeting,  ///< two authorities disagree; one of them leads
    explained,      ///< nobody is to blame, and whoever reported it is told why
    unit_asked,
    answered,
    correction_ordered,
    warned_yellow,
    warned_red,
    corrected,  ///< as the unit says, to be confirmed
    closed,
    exposure_proposed,
    exposure_checked,  ///< by the legal reviewer
    notified,          ///< told to the unit and those above it
    exposed,           ///< on the public list
    exposure_closed,   ///< shown as corrected
    withdrawn          ///< an appeal of the unit was upheld
};

enum class ExposureEvent {
    screen,
    return_screening,
    ask_unit,
    explain,
    call_meeting,
    settle_meeting,
    answer,
    accept_answer,
    order_correction,
    order_again,  ///< the unit was ordered before to leave the same proof alone: warned at once
    warn_yellow,
    warn_red,
    show_correction,
    confirm_correction,
    reject_correction,
    propose_exposure,
    check_exposure,
    refuse_exposure,
    notify_unit,
    expose,
    appeal,
    uphold_appeal,
    reject_appeal
};

constexpr auto words_of(ExposureState) {
    using enum ExposureState;
    return std::to_array<Word<ExposureState>>({{reported, "reported"},
                                               {screened, "screened"},
                                               {joint_meeting, "joint_meeting"},
                                               {explained, "explained"},
                                               {unit_asked, "unit_asked"},
                                               {answered, "answered"},
                                               {correction_ordered, "correction_ordered"},
                                               {warned_yellow, "warned_yellow"},
                                               {warned_red, "warned_red"},
                                               {corrected, "corrected"},
                                               {closed, "closed"},
                                               {exposure_proposed, "exposure_proposed"},
                                               {exposure_checked, "exposure_checked"},
                                               {notified, "notified"},
                                               {exposed, "exposed"},
                                               {exposure_closed, "exposure_closed"},
                                               {withdrawn, "withdrawn"}});
}

constexpr auto words_of(ExposureEvent) {
    using enum ExposureEvent;
    return std::to_array<Word<ExposureEvent>>({{screen, "screen"},
                                               {return_screening, "return_screening"},
                                               {ask_unit, "ask_unit"},
                                               {explain, "explain"},
                                               {call_meeting, "call_meeting"},
                                               {settle_meeting, "settle_meeting"},
                                               {answer, "answer"},
                                               {accept_answer, "accept_answer"},
                                               {order_correction, "order_correction"},
                                               {order_again, "order_again"},
                                               {warn_yellow, "warn_yellow"},
                                               {warn_red, "warn_red"},
                                               {show_correction, "show_correction"},
                                               {confirm_correction, "confirm_correction"},
                                               {reject_correction, "reject_correction"},
                                               {propose_exposure, "propose_exposure"},
                                               {check_exposure, "check_exposure"},
                                               {refuse_exposure, "refuse_exposure"},
                                               {notify_unit, "notify_unit"},
                                               {expose, "expose"},
                                               {appeal, "appeal"},
                                               {uphold_appeal, "uphold_appeal"},
                                               {reject_appeal, "reject_appeal"}});
}

/// What the guards look at. Persons are compared, never accounts.
struct ExposureFacts {
    std::optional<PersonId> actor;  ///< nobody where a clock moves it
    bool known = true;              ///< it was entered who the actor is
    Instant now;
    std::optional<Instant> due{};   ///< the first instant after the period that runs
    bool blamed = false;            ///< the screening found a demand that may not be made
    bool meeting_missing = false;   ///< it is circular, and no joint meeting was held
    bool repeated = false;          ///< the unit was ordered before to leave this proof alone
    bool all_helped = false;        ///< whoever reported it has got their matter done
    bool correction_shown = false;  ///< and not rejected
    bool appeal_open = false;
    std::optional<PersonId> screened_by{};
    std::optional<PersonId> ordered_by{};
    std::optional<PersonId> shown_by{};  ///< who recorded the unit's correction
    std::optional<PersonId> proposed_by{};
    std::optional<PersonId> checked_by{};
    std::optional<PersonId> exposed_by{};
};

using ExposureLifecycle = Lifecycle<ExposureState, ExposureEvent, ExposureFacts>;
extern ExposureLifecycle const exposure_lifecycle;

}  // namespace sponsio::domain

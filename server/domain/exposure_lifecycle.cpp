#include "server/domain/exposure_lifecycle.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

using S = ExposureState;
using E = ExposureEvent;
using F = ExposureFacts;

Outcome<void> is_known(F const& f) {
    if (!f.known) return unknown_person();
    return {};
}

/// Who decides is known, and none of those named before.
Outcome<void> other_than(F const& f, std::optional<PersonId> const& earlier, char const* en, char const* zh) {
    if (!f.known || !f.actor) return unknown_person();
    return earlier ? second_person(*f.actor, *earlier, en, zh) : Outcome<void>{};
}

Outcome<void> another_than_screened(F const& f) {
    return other_than(f, f.screened_by, "Who looked into the report does not decide about it.",
                      "审查报告的人员不得自行决定。");
}

Outcome<void> may_ask(F const& f) {
    if (auto other = another_than_screened(f); !other) return other;
    if (!f.blamed)
        return fault(problem::conflict, "The screening blames nobody: explain it to who reported it.",
                     "审查意见未认定违规，应当向反映人说明。");
    if (f.meeting_missing)
        return fault(problem::conflict,
                     "Where the demands go in a circle the authorities meet before a unit is asked.",
                     "属于循环证明的，应当先召开联席会议，再要求单位说明。");
    return {};
}

Outcome<void> may_explain(F const& f) {
    if (auto other = another_than_screened(f); !other) return other;
    if (!f.blamed) return {};
    return fault(
        problem::conflict,
        "The screening found a demand that may not be made: return it, ask the unit or call a meeting.",
        "审查意见认定不应索要，应当退回、要求单位说明或者召开联席会议。");
}

Outcome<void> may_order(F const& f) {
    if (auto other = another_than_screened(f); !other) return other;
    if (!f.repeated) return {};
    return fault(problem::conflict, "The unit was ordered before to leave this proof alone.",
                 "该单位此前已因同一证明被责令纠正。");
}

Outcome<void> may_order_again(F const& f) {
    if (auto other = another_than_screened(f); !other) return other;
    if (f.repeated) return {};
    return fault(problem::conflict, "No earlier order about this proof was made to the unit.",
                 "该单位此前未因同一证明被责令纠正。");
}

Outcome<void> is_over(F const& f) {
    if (f.due && f.now >= *f.due) return {};
    return fault(problem::too_early, "The unit's period is not over.", "单位的期限尚未届满。");
}

Outcome<void> may_order_silent(F const& f) {
    if (auto over = is_over(f); !over) return over;
    return may_order(f);
}

Outcome<void> may_order_silent_again(F const& f) {
    if (auto over = is_over(f); !over) return over;
    return may_order_again(f);
}

Outcome<void> another_than_showed(F const& f) {
    return other_than(f, f.shown_by, "Who recorded the correction does not decide whether it is one.",
                      "登记纠正情况的人员不得自行确认。");
}

Outcome<void> may_confirm(F const& f) {
    if (auto other = another_than_showed(f); !other) return other;
    if (!f.correction_shown)
        return fault(problem::conflict, "Nothing shows that it was corrected.", "尚无已纠正的材料。");
    if (f.all_helped) return {};
    return fault(problem::conflict,
                 "It is closed once everybody who reported it has got their matter done: record how (help).",
                 "全部反映人的事项办结后方可结案，请先登记帮助办理的情况（help）。");
}

Outcome<void> may_reject(F const& f) {
    if (auto other = another_than_showed(f); !other) return other;
    if (f.correction_shown) return {};
    return fault(problem::conflict, "Nothing shows that it was corrected.", "尚无已纠正的材料。");
}

Outcome<void> repeats(F const& f) {
    if (!f.known) return unknown_person();
    if (f.repeated) return {};
    return fault(problem::conflict,
                 "Before the red warning only a unit that repeats the demand is proposed for exposure.",
                 "红灯警示前，仅可对再次索要的单位提出曝光。");
}

Outcome<void> no_appeal_waits(F const& f) {
    if (!f.appeal_open) return {};
    return fault(problem::conflict, "The unit's appeal is decided first.", "应当先对单位的申诉作出决定。");
}

Outcome<void> another_than_proposed(F const& f) {
    return other_than(f, f.proposed_by, "Who proposed the exposure does not check it.",
                      "提出曝光的人员不得审核。");
}

Outcome<void> may_expose(F const& f) {
    if (auto other = another_than_proposed(f); !other) return other;
    if (auto other = other_than(f, f.checked_by, "Who checked the exposure does not decide it.",
                                "审核曝光的人员不得决定。");
        !other)
        return other;
    return no_appeal_waits(f);
}

Outcome<void> may_check(F const& f) {
    if (auto other = another_than_proposed(f); !other) return other;
    return no_appeal_waits(f);
}

Outcome<void> may_appeal(F const& f) {
    if (!f.appeal_open) return {};
    return fault(problem::conflict, "An appeal of the unit waits already.", "单位已有申诉待处理。");
}

/// Whoever had a hand in blaming the unit does not judge its appeal.
Outcome<void> may_judge(F const& f) {
    if (!f.appeal_open) return fault(problem::conflict, "No appeal waits.", "没有待处理的申诉。");
    for (auto const& earlier : {f.screened_by, f.ordered_by, f.proposed_by, f.checked_by, f.exposed_by})
        if (auto other = other_than(f, earlier,
                                    "Who found the fault, or exposed it, does not decide about the appeal.",
                                    "参与认定或者曝光的人员不得对申诉作出决定。");
            !other)
            return other;
    return {};
}

constexpr Guard<F> known{"person known", is_known};
constexpr Guard<F> other{"another person than screened", another_than_screened};
constexpr Guard<F> ask{"another person; a fault was found; a circle had its meeting", may_ask};
constexpr Guard<F> no_fault{"another person; no fault was found", may_explain};
constexpr Guard<F> first{"another person; for the first time", may_order};
constexpr Guard<F> again{"another person; not for the first time", may_order_again};
constexpr Guard<F> silent{"period over; another person; for the first time", may_order_silent};
constexpr Guard<F> silent_again{"period over; another person; not for the first time",
                                may_order_silent_again};
constexpr Guard<F> over{"period over", is_over};
constexpr Guard<F> confirmer{"another person; shown; all who reported were helped", may_confirm};
constexpr Guard<F> rejecter{"another person; shown", may_reject};
constexpr Guard<F> repeater{"person known; not for the first time", repeats};
constexpr Guard<F> checker{"another person than proposed; no appeal waits", may_check};
constexpr Guard<F> refuser{"another person than proposed", another_than_proposed};
constexpr Guard<F> exposer{"third person; no appeal waits", may_expose};
constexpr Guard<F> none_waits{"no appeal waits", may_appeal};
constexpr Guard<F> judge{"an appeal waits; nobody who blamed", may_judge};

constexpr ExposureLifecycle::Row rows[] = {
    {S::reported, E::screen, S::screened, known},
    {S::screened, E::return_screening, S::reported, other},
    {S::screened, E::ask_unit, S::unit_asked, ask},
    {S::screened, E::explain, S::explained, no_fault},
    {S::screened, E::call_meeting, S::joint_meeting, other},
    {S::joint_meeting, E::settle_meeting, S::reported, known},
    {S::unit_asked, E::answer, S::answered},
    {S::unit_asked, E::order_correction, S::correction_ordered, silent},
    {S::unit_asked, E::order_again, S::warned_yellow, silent_again},
    {S::answered, E::accept_answer, S::explained, other},
    {S::answered, E::order_correction, S::correction_ordered, first},
    {S::answered, E::order_again, S::warned_yellow, again},
    {S::correction_ordered, E::show_correction, S::corrected},
    {S::correction_ordered, E::warn_yellow, S::warned_yellow, over},
    {S::warned_yellow, E::show_correction, S::corrected},
    {S::warned_yellow, E::warn_red, S::warned_red, over},
    {S::warned_yellow, E::propose_exposure, S::exposure_proposed, repeater},
    {S::warned_red, E::show_correction, S::corrected},
    {S::warned_red, E::propose_exposure, S::exposure_proposed, known},
    {S::corrected, E::confirm_correction, S::closed, confirmer},
    {S::corrected, E::reject_correction, S::warned_yellow, rejecter},
    {S::exposure_proposed, E::check_exposure, S::exposure_checked, checker},
    {S::exposure_proposed, E::refuse_exposure, S::warned_red, refuser},
    {S::exposure_proposed, E::show_correction, S::corrected},
    {S::exposure_checked, E::notify_unit, S::notified, exposer},
    {S::exposure_checked, E::expose, S::exposed, exposer},
    {S::exposure_checked, E::refuse_exposure, S::warned_red, refuser},
    {S::exposure_checked, E::show_correction, S::corrected},
    {S::notified, E::show_correction, S::notified},
    {S::notified, E::confirm_correction, S::exposure_closed, confirmer},
    {S::notified, E::reject_correction, S::notified, rejecter},
    {S::exposed, E::show_correction, S::exposed},
    {S::exposed, E::confirm_correction, S::exposure_closed, confirmer},
    {S::exposed, E::reject_correction, S::exposed, rejecter},
    {S::correction_ordered, E::appeal, S::correction_ordered, none_waits},
    {S::correction_ordered, E::uphold_appeal, S::withdrawn, judge},
    {S::correction_ordered, E::reject_appeal, S::correction_ordered, judge},
    {S::warned_yellow, E::appeal, S::warned_yellow, none_waits},
    {S::warned_yellow, E::uphold_appeal, S::withdrawn, judge},
    {S::warned_yellow, E::reject_appeal, S::warned_yellow, judge},
    {S::warned_red, E::appeal, S::warned_red, none_waits},
    {S::warned_red, E::uphold_appeal, S::withdrawn, judge},
    {S::warned_red, E::reject_appeal, S::warned_red, judge},
    {S::exposure_proposed, E::appeal, S::exposure_proposed, none_waits},
    {S::exposure_proposed, E::uphold_appeal, S::withdrawn, judge},
    {S::exposure_proposed, E::reject_appeal, S::exposure_proposed, judge},
    {S::exposure_checked, E::appeal, S::exposure_checked, none_waits},
    {S::exposure_checked, E::uphold_appeal, S::withdrawn, judge},
    {S::exposure_checked, E::reject_appeal, S::exposure_checked, judge},
    {S::corrected, E::appeal, S::corrected, none_waits},
    {S::corrected, E::uphold_appeal, S::withdrawn, judge},
    {S::corrected, E::reject_appeal, S::corrected, judge},
    {S::notified, E::appeal, S::notified, none_waits},
    {S::notified, E::uphold_appeal, S::withdrawn, judge},
    {S::notified, E::reject_appeal, S::notified, judge},
    {S::exposed, E::appeal, S::exposed, none_waits},
    {S::exposed, E::uphold_appeal, S::withdrawn, judge},
    {S::exposed, E::reject_appeal, S::exposed, judge},
    {S::exposure_closed, E::appeal, S::exposure_closed, none_waits},
    {S::exposure_closed, E::uphold_appeal, S::withdrawn, judge},
    {S::exposure_closed, E::reject_appeal, S::exposure_closed, judge},
};

}  // namespace

ExposureLifecycle const exposure_lifecycle{"exposure", S::reported, rows};

}  // namespace sponsio::domain

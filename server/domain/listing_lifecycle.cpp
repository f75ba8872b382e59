#include "server/domain/listing_lifecycle.hpp"

#include "server/domain/second_person.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace sponsio::domain {
namespace {

using S = ListingState;
using E = ListingEvent;

bool is_one_of(std::optional<PersonId> const& actor, std::vector<PersonId> const& people) {
    return actor && std::ranges::find(people, *actor) != people.end();
}

/// The last day of a period in China, which is what its paper says.
std::string last_day_of(Instant end) {
    return to_iso(china_date(end - std::chrono::microseconds{1}));
}

Outcome<void> is_known(ListingFacts const& f) {
    if (!f.known) return unknown_person();
    return {};
}

Outcome<void> another_checks(ListingFacts const& f) {
    if (!f.known) return unknown_person();
    return second_person(f.actor.value(), f.proposed_by,
                         "Who proposed a listing does not check its legal basis.",
                         "提出列入的人员不得审核其法律依据。");
}

Outcome<void> notice_waits(ListingFacts const& f) {
    if (f.notice_to_serve) return {};
    return fault(problem::wrong_step, "The prior notice is composed before it is served; compose it first.",
                 "列入事先告知书应当先制作、后送达，请先制作。");
}

Outcome<void> call_waits(ListingFacts const& f) {
    if (f.call_to_serve) return {};
    return fault(problem::wrong_step, "The notice of hearing is composed before it is served.",
                 "听证通知书应当先制作、后送达，请先制作。");
}

Outcome<void> within_defence(ListingFacts const& f) {
    if (!f.defence_until || f.now < *f.defence_until) return {};
    return fault(problem::too_late,
                 "The last day for statement and defence was " + last_day_of(*f.defence_until) + ".",
                 "陈述、申辩期限的最后一日为 " + last_day_of(*f.defence_until) + "，现已届满。");
}

Outcome<void> within_hearing(ListingFacts const& f) {
    if (!f.may_be_heard)
        return fault(problem::conflict, "For a listing the place gives no right to a hearing.",
                     "对列入名单，当地规则未规定听证。");
    if (!f.hearing_until || f.now < *f.hearing_until) return {};
    return fault(problem::too_late,
                 "The last day to ask for a hearing was " + last_day_of(*f.hearing_until) + ".",
                 "申请听证的最后一日为 " + last_day_of(*f.hearing_until) + "，现已届满。");
}

/// Who investigated, or wants the listing, does not chair (Administrative Penalty Law art. 64).
Outcome<void> chair_is_apart(ListingFacts const& f) {
    if (!f.chair || (*f.chair != f.proposed_by && !is_one_of(f.chair, f.investigated))) return {};
    return fault(problem::same_person,
                 "Who proposed the listing, or filed, checked or drafted before, does not chair its hearing.",
                 "提出列入的人员以及本案受理、核查、起草人员不得主持听证。");
}

Outcome<void> is_chair_on_the_day(ListingFacts const& f) {
    if (!f.chair || f.actor != f.chair)
        return fault(problem::forbidden, "The chair whom the notice names records the hearing.",
                     "听证笔录由听证通知书载明的主持人登记。");
    if (auto apart = chair_is_apart(f); !apart) return apart;
    if (f.hearing_at && f.now >= *f.hearing_at) return {};
    return fault(problem::too_early, "The hearing has not begun at this time.", "尚未到听证时间。");
}

/// The head of the unit, who had no other part in the case (docs/law.md H).
Outcome<void> is_head_apart(ListingFacts const& f) {
    if (!f.known) return unknown_person();
    if (f.actor == f.proposed_by)
        return fault(problem::same_person, "Who proposed a listing does not decide on it.",
                     "提出列入的人员不得作出决定。");
    if (f.actor == f.checked_by)
        return fault(problem::same_person, "Who checked the legal basis of a listing does not decide on it.",
                     "审核法律依据的人员不得作出决定。");
    if (is_one_of(f.actor, f.served_by))
        return fault(problem::same_person, "Who recorded the service of the prior notice does not decide.",
                     "登记事先告知书送达的人员不得作出决定。");
    if (is_one_of(f.actor, f.investigated))
        return fault(problem::same_person, "Who filed, checked or drafted in the case does not decide.",
                     "本案受理、核查、起草人员不得作出决定。");
    return {};
}

Outcome<void> head_after_defence(ListingFacts const& f) {
    if (auto apart = is_head_apart(f); !apart) return apart;
    if (!f.defence_until)
        return fault(problem::calendar_unknown,
                     "The period for statement and defence has no last day yet: the official calendar is not "
                     "known.",
                     "尚无该年度官方工作日历，陈述、申辩期限的届满日未定。");
    if (f.now >= *f.defence_until) return {};
    return fault(
        problem::too_early,
        "The last day for statement and defence is " + last_day_of(*f.defence_until) + "; decide after it.",
        "陈述、申辩期限的最后一日为 " + last_day_of(*f.defence_until) + "，期满后方可作出决定。");
}

/// Whoever decided neither attests that the subject was reached, nor undoes it alone.
Outcome<void> another_serves(ListingFacts const& f) {
    if (!f.known) return unknown_person();
    if (f.actor != f.decided_by) return {};
    return fault(problem::same_person, "Who decided does not record the service of the decision.",
                 "决定人不得登记决定书的送达。");
}

Outcome<void> another_revokes(ListingFacts const& f) {
    if (!f.known) return unknown_person();
    if (f.actor != f.decided_by) return {};
    return fault(problem::same_person, "Who decided a listing does not take the subject off it alone.",
                 "作出列入决定的人员不得自行决定移出。");
}

constexpr Guard<ListingFacts> known{"person known", is_known};
constexpr Guard<ListingFacts> another{"another person", another_checks};
constexpr Guard<ListingFacts> in_defence{"within the defence period", within_defence};
constexpr Guard<ListingFacts> in_hearing{"place gives it; within its period", within_hearing};
constexpr Guard<ListingFacts> chair_apart{"chair did not investigate or propose", chair_is_apart};
constexpr Guard<ListingFacts> head{"head, a third person", is_head_apart};
constexpr Guard<ListingFacts> head_after{"head, a third person; defence period over", head_after_defence};

constexpr ListingLifecycle::Row rows[] = {
    {S::proposed, E::confirm_basis, S::checked, another},
    {S::proposed, E::refuse_basis, S::refused, another},
    {S::checked, E::compose_notice, S::checked, known},
    {S::checked, E::serve_notice, S::noticed, {"its paper is composed", notice_waits}},
    {S::noticed, E::defend, S::defended, in_defence},
    {S::noticed, E::waive, S::waived, in_defence},
    {S::noticed, E::request_hearing, S::hearing_requested, in_hearing},
    {S::defended, E::request_hearing, S::hearing_requested, in_hearing},
    {S::hearing_requested, E::defend, S::hearing_requested, in_defence},
    {S::hearing_requested, E::withdraw_hearing, S::defended},
    {S::hearing_requested, E::call_hearing, S::hearing_requested, chair_apart},
    {S::hearing_requested, E::serve_call, S::hearing_called, {"its paper is composed", call_waits}},
    {S::hearing_called, E::call_hearing, S::hearing_requested, chair_apart},  // put off
    {S::hearing_called, E::withdraw_hearing, S::defended},
    {S::hearing_called, E::hold_hearing, S::heard, {"the chair, on the day", is_chair_on_the_day}},
    {S::noticed, E::decide, S::decided, head_after},
    {S::defended, E::decide, S::decided, head_after},
    {S::waived, E::decide, S::decided, head},
    {S::heard, E::decide, S::decided, head_after},
    {S::noticed, E::dismiss, S::dismissed, head},
    {S::defended, E::dismiss, S::dismissed, head},
    {S::waived, E::dismiss, S::dismissed, head},
    {S::hearing_requested, E::dismiss, S::dismissed, head},
    {S::hearing_called, E::dismiss, S::dismissed, head},
    {S::heard, E::dismiss, S::dismissed, head},
    {S::decided, E::serve_decision, S::listed, {"not the decider", another_serves}},
    {S::listed, E::period_over, S::removed},
    {S::listed, E::repaired, S::removed},
    {S::listed, E::record_ended, S::removed},
    {S::listed, E::revoke, S::removed, {"another person", another_revokes}},
    // Without a record that stands there is nothing to list.
    {S::proposed, E::record_ended, S::lapsed},
    {S::checked, E::record_ended, S::lapsed},
    {S::noticed, E::record_ended, S::lapsed},
    {S::defended, E::record_ended, S::lapsed},
    {S::waived, E::record_ended, S::lapsed},
    {S::hearing_requested, E::record_ended, S::lapsed},
    {S::hearing_called, E::record_ended, S::lapsed},
    {S::heard, E::record_ended, S::lapsed},
    {S::decided, E::record_ended, S::lapsed},
};

}  // namespace

ListingLifecycle const listing_lifecycle{"serious listing", S::proposed, rows};

ListingEvent event_of(ListingEnd why) {
    switch (why) {
        case ListingEnd::period_over: return E::period_over;
        case ListingEnd::repaired: return E::repaired;
        case ListingEnd::record_ended: return E::record_ended;
        case ListingEnd::revoke: break;
    }
    return E::revoke;
}

}  // namespace sponsio::domain

#include "server/domain/campaign_lifecycle.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

using S = CampaignState;
using E = CampaignEvent;
using F = CampaignFacts;

Outcome<void> is_known(F const& f) {
    if (!f.known) return unknown_person();
    return {};
}

Outcome<void> may_open(F const& f) {
    if (!f.known) return unknown_person();
    if (auto other = second_person(f.actor, f.drafted_by, "Who drafted a campaign does not open it.",
                                   "拟订专项治理方案的人员不得自行启动。");
        !other)
        return other;
    if (!f.over) return {};
    return fault(problem::conflict, "The last day of the campaign is over: withdraw it and draft another.",
                 "专项治理截止日期已过，请撤回后重新拟订。");
}

Outcome<void> may_withdraw(F const& f) {
    if (!f.known) return unknown_person();
    if (!f.opened_by) return {};
    return second_person(f.actor, *f.opened_by, "Who opened a campaign does not withdraw it.",
                         "启动专项治理的人员不得自行撤回。");
}

Outcome<void> may_propose(F const& f) {
    if (!f.known) return unknown_person();
    if (f.all_done || f.over) return {};
    return fault(problem::too_early,
                 "A result is proposed once every task is accepted, or the last day of the campaign is over.",
                 "全部任务经验收或者专项治理截止日期已过的，方可提出治理结果。");
}

Outcome<void> another_than_proposed(F const& f) {
    if (!f.known) return unknown_person();
    if (!f.proposed_by) return unknown_person();
    return second_person(f.actor, *f.proposed_by, "Who proposed a result does not decide about it.",
                         "提出治理结果的人员不得自行决定。");
}

constexpr Guard<F> known{"person known", is_known};
constexpr Guard<F> opener{"another person than drafted it; not over", may_open};
constexpr Guard<F> withdrawer{"another person than opened it", may_withdraw};
constexpr Guard<F> proposer{"person known; all tasks accepted, or over", may_propose};
constexpr Guard<F> decider{"another person than proposed it", another_than_proposed};

constexpr CampaignLifecycle::Row rows[] = {
    {S::drafted, E::open, S::opened, opener},
    {S::drafted, E::withdraw, S::withdrawn, known},
    {S::opened, E::propose_result, S::result_proposed, proposer},
    {S::opened, E::withdraw, S::withdrawn, withdrawer},
    {S::result_proposed, E::return_result, S::opened, decider},
    {S::result_proposed, E::close, S::closed, decider},
};

using T = CampaignTaskState;
using V = CampaignTaskEvent;
using G = CampaignTaskFacts;

Outcome<void> is_running(G const& f) {
    if (f.running) return {};
    return fault(problem::conflict, "Tasks move while their campaign is opened and no result waits.",
                 "专项治理启动后且尚未提出治理结果的，方可办理任务。");
}

Outcome<void> may_report(G const& f) {
    if (auto runs = is_running(f); !runs) return runs;
    if (!f.countable)
        return fault(problem::too_early, "The period that is counted is not over.", "统计期间尚未结束。");
    if (f.has_before) return {};
    return fault(problem::conflict, "The first count of this region is accepted first.",
                 "应当先验收本地区的治理前摸底统计。");
}

Outcome<void> may_accept(G const& f) {
    if (!f.known || !f.reported_by) return unknown_person();
    if (auto runs = is_running(f); !runs) return runs;
    return second_person(f.actor, *f.reported_by, "Who reported a task does not accept it.",
                         "报送任务情况的人员不得自行验收。");
}

constexpr Guard<G> reporter{"campaign running; the counted period is over; the first count is accepted",
                            may_report};
constexpr Guard<G> accepter{"campaign running; another person than reported it", may_accept};

constexpr CampaignTaskLifecycle::Row task_rows[] = {
    {T::assigned, V::report, T::reported, reporter},
    {T::reported, V::return_report, T::assigned, accepter},
    {T::reported, V::accept, T::accepted, accepter},
};

}  // namespace

CampaignLifecycle const campaign_lifecycle{"campaign", S::drafted, rows};
CampaignTaskLifecycle const campaign_task_lifecycle{"campaign task", T::assigned, task_rows};

}  // namespace sponsio::domain

#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>

namespace sponsio {

using CampaignId = Id<struct CampaignTag>;
using CampaignTaskId = Id<struct CampaignTaskTag>;

}  // namespace sponsio

/// A campaign against proofs that may not be demanded (社区万能章专项治理, docs/campaigns.md): drafted by one
/// person and opened by another, its tasks reported by units and accepted by the authority, its result
/// proposed by one person and decided by another.
namespace sponsio::domain {

enum class CampaignState { drafted, opened, result_proposed, closed, withdrawn };
enum class CampaignEvent { open, propose_result, return_result, close, withdraw };

constexpr auto words_of(CampaignState) {
    using enum CampaignState;
    return std::to_array<Word<CampaignState>>({{drafted, "drafted"},
                                               {opened, "opened"},
                                               {result_proposed, "result_proposed"},
                                               {closed, "closed"},
                                               {withdrawn, "withdrawn"}});
}

constexpr auto words_of(CampaignEvent) {
    using enum CampaignEvent;
    return std::to_array<Word<CampaignEvent>>({{open, "open"},
                                               {propose_result, "propose_result"},
                                               {return_result, "return_result"},
                                               {close, "close"},
                                               {withdraw, "withdraw"}});
}

/// What the guards look at. Persons are compared, never accounts.
struct CampaignFacts {
    PersonId actor;
    bool known = false;     ///< it was entered who the actor is
    bool over = false;      ///< the campaign's last day is over
    bool all_done = false;  ///< every task is accepted
    PersonId drafted_by;
    std::optional<PersonId> opened_by{};
    std::optional<PersonId> proposed_by{};
};

using CampaignLifecycle = Lifecycle<CampaignState, CampaignEvent, CampaignFacts>;
extern CampaignLifecycle const campaign_lifecycle;

enum class CampaignTaskState { assigned, reported, accepted };
enum class CampaignTaskEvent { report, return_report, accept };

constexpr auto words_of(CampaignTaskState) {
    using enum CampaignTaskState;
    return std::to_array<Word<CampaignTaskState>>(
        {{assigned, "assigned"}, {reported, "reported"}, {accepted, "accepted"}});
}

constexpr auto words_of(CampaignTaskEvent) {
    using enum CampaignTaskEvent;
    return std::to_array<Word<CampaignTaskEvent>>(
        {{report, "report"}, {return_report, "return_report"}, {accept, "accept"}});
}

struct CampaignTaskFacts {
    PersonId actor;
    bool known = false;       ///< it was entered who the actor is
    bool running = false;     ///< the campaign is opened, and no result waits
    bool countable = false;   ///< the counted period is over; of what is not counted, always
    bool has_before = false;  ///< the first count of the region is accepted; of other tasks, always
    std::optional<PersonId> reported_by{};
};

using CampaignTaskLifecycle = Lifecycle<CampaignTaskState, CampaignTaskEvent, CampaignTaskFacts>;
extern CampaignTaskLifecycle const campaign_task_lifecycle;

}  // namespace sponsio::domain

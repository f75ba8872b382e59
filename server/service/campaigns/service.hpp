#pragma once

#include "server/domain/campaign.hpp"
#include "server/domain/objection.hpp"
#include "server/service/exposures/parts.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/opened.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/campaigns.hpp"

#include <optional>
#include <string>

namespace sponsio::service {

struct CampaignFilter {
    std::optional<domain::CampaignState> state;  ///< nothing: all
    std::string after;                           ///< campaign_id of the last one seen; empty: from the start
    int limit = 50;
};

/// Campaigns against proofs that may not be demanded (docs/campaigns.md): an authority plans one for its
/// regions with a task for each unit, another person opens it, units report what they count and clean up,
/// the authority accepts it, and the result is proposed by one person and decided by another.
class CampaignService {
  public:
    explicit CampaignService(ExposureParts parts) : parts_(std::move(parts)) {}

    /// Only by an authority over all of its regions, with the tasks of units that lie in them.
    Async<Created> draft(Caller<Official> const& caller, RequestOnce once, domain::CampaignDraft draft);
    Async<domain::Json> campaign(Caller<Official> const& caller, CampaignId id);
    Async<Page> list(Caller<Official> const& caller, CampaignFilter filter);
    /// What everybody may read; `after` as in Page.
    Async<Page> entries(std::string after, int limit, Deadline deadline);
    Async<domain::Json> entry(CampaignId id, Deadline deadline);

    Async<domain::Json> open(Caller<Official> const& caller, CampaignId id, domain::CampaignOpening opening);
    Async<domain::Json> withdraw(Caller<Official> const& caller, CampaignId id, domain::StepReason reason);
    Async<domain::Json> propose(Caller<Official> const& caller, CampaignId id, domain::CampaignResult result);
    Async<domain::Json> decide(Caller<Official> const& caller, CampaignId id,
                               domain::CampaignDecision decision);

    Async<domain::Json> task(Caller<Official> const& caller, CampaignTaskId id);
    /// By the unit whose task it is.
    Async<domain::Json> report(Caller<Official> const& caller, CampaignTaskId id,
                               domain::CampaignTaskReport report);
    /// By another person of the authority.
    Async<domain::Json> accept(Caller<Official> const& caller, CampaignTaskId id,
                               domain::CampaignDecision decision);

  private:
    using Open = Opened<store::CampaignRow>;
    struct OpenTask;

    Outcome<Made> make(db::PgSession& db, domain::Official const& who,
                       domain::CampaignDraft const& draft) const;
    [[nodiscard]] Outcome<void> check_places(db::PgSession& db, domain::Official const& who,
                                             domain::CampaignDraft const& draft) const;
    template <class Act>
    Async<domain::Json> on_campaign(Caller<Official> const& caller, CampaignId id, Act act);
    template <class Act>
    Async<domain::Json> on_task(Caller<Official> const& caller, CampaignTaskId id, Act act);
    [[nodiscard]] Outcome<void> advance(Open& open, domain::CampaignEvent event,
                                        domain::Json const& said) const;
    [[nodiscard]] Outcome<void> advance(OpenTask& open, domain::CampaignTaskEvent event,
                                        domain::Json const& said) const;
    [[nodiscard]] Outcome<std::vector<store::CampaignCountRow>> lines_of(
        OpenTask const& open, std::vector<domain::ProofCount> const& counts) const;

    ExposureParts parts_;
};

}  // namespace sponsio::service

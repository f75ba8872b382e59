#pragma once

#include "server/domain/access.hpp"
#include "server/service/exposures/parts.hpp"
#include "server/store/campaigns.hpp"

#include <optional>

namespace sponsio::service {

/// Who looks at a campaign.
struct CampaignReader {
    /// The authority sees everything; a unit what everybody sees with its own tasks; nobody: everybody.
    std::optional<OrganisationId> organisation;

    [[nodiscard]] bool leads(store::CampaignRow const& row) const { return organisation == row.organisation; }
};

/// Every state that is seen from outside has been opened; a draft is the authority's alone.
bool is_seen(db::PgSession& db, store::CampaignRow const& row, CampaignReader const& reader);

/// As it stands in lists.
Outcome<domain::JsonObject> campaign_summary(db::PgSession& db, ExposureParts const& parts,
                                             store::CampaignRow const& row);
/// With purpose, result, progress and figures; nothing of a unit and nobody's name where everybody reads it.
Outcome<domain::Json> campaign_view(db::PgSession& db, ExposureParts const& parts,
                                    store::CampaignRow const& row, CampaignReader const& reader, Instant now);
Outcome<domain::Json> campaign_task_view(db::PgSession& db, ExposureParts const& parts,
                                         store::CampaignRow const& campaign,
                                         store::CampaignTaskRow const& row, Instant now);

}  // namespace sponsio::service

#pragma once

#include "server/domain/listing.hpp"
#include "server/domain/record_lifecycle.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/store/findings.hpp"

#include <optional>

/// What the rules of a place let be listed, and what everybody reads of it.
namespace sponsio::service {

/// The finding behind a record, with what it says of the act.
struct ListedFinding {
    OpenedFinding const& opened;
    store::FindingRow const& row;

    [[nodiscard]] bool natural_person() const;
    [[nodiscard]] domain::ListedAct act() const;
};

/// Refuses a record that was withdrawn or repaired, or is suspended.
Outcome<void> check_stands(std::optional<domain::RecordStatus> status);
/// Refuses what rests on no provision of the rank that the place asks for (`serious.levels`), is no ground
/// there or not of that ground (`serious.grounds`), or lacks what its papers must say
/// (`serious.prior_notice`, `serious.organisation.named`): each with the rule and its source.
Outcome<void> check_listing(CountedBy const& by, Date today, domain::ListingDraft const& draft,
                            ListedFinding const& finding);
/// What everybody would read of it: masked as publications are, and without what only the decision says.
domain::Json public_listing(CountedBy const& by, Date today, domain::ListingDraft const& draft,
                            ListedFinding const& finding);
/// Whether everybody may read it at all: of a natural person only where the place says so.
bool is_public(CountedBy const& by, Date today, ListedFinding const& finding);

}  // namespace sponsio::service

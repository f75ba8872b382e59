#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/record.hpp"
#include "server/domain/rules.hpp"
#include "server/service/matters/cache.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/records.hpp"

#include <memory>
#include <string>

namespace sponsio::service {

/// An effective finding with what was sealed of it and of its commitment.
struct OpenedFinding {
    store::FindingForRecord row;
    domain::FindingText text;
    domain::Json commitment;  ///< domain::CommitmentContent
    std::shared_ptr<KnownMatter const> matter;
};

/// Reads what a record is about. Refuses with problem::lint_failed and the rule's word in `cause` if
/// something a record needs is not there (no service of the decision, no second person), otherwise with the
/// fault of opening it.
class FactReader {
  public:
    FactReader(Vault const& vault, MatterCache& matters, domain::Rules const& rules,
               domain::WorkingCalendar const& calendar, std::string issuer)
        : vault_(vault), matters_(matters), rules_(rules), calendar_(calendar), issuer_(std::move(issuer)) {}

    [[nodiscard]] Outcome<OpenedFinding> open(db::PgSession& db, store::FindingForRecord row) const;
    /// What it says, for a record with this id, time and place in a status list.
    [[nodiscard]] Outcome<domain::RecordFacts> read(OpenedFinding const& finding, RecordId record,
                                                    Instant issued_at, store::StatusPlace status) const;

  private:
    Vault const& vault_;
    MatterCache& matters_;
    domain::Rules const& rules_;
    domain::WorkingCalendar const& calendar_;
    std::string issuer_;
};

/// The stable word for why a finding gets no record.
std::string refusal_of(Fault const& fault);

}  // namespace sponsio::service

#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/record.hpp"
#include "server/domain/rules.hpp"
#include "server/service/matters/cache.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/finding_steps.hpp"
#include "server/store/records.hpp"

#include <memory>
#include <span>
#include <string>

namespace sponsio::service {

/// An effective finding, with its sealed parts and those of its commitment decrypted.
struct OpenedFinding {
    store::FindingForRecord row;
    domain::FindingText text;
    domain::Json commitment;  ///< domain::CommitmentContent
    std::shared_ptr<KnownMatter const> matter;
};

/// Reads the facts of a record. Refuses with problem::lint_failed and the rule's word in `cause` if a fact is
/// missing (no service of the decision, no second person) or is not proven by the finding's steps, otherwise
/// with the fault of decrypting.
class FactReader {
  public:
    FactReader(Vault const& vault, MatterCache& matters, domain::Rules const& rules,
               domain::WorkingCalendar const& calendar, std::string issuer)
        : vault_(vault), matters_(matters), rules_(rules), calendar_(calendar), issuer_(std::move(issuer)) {}

    /// `on_record`: the same finding with its steps, among those that were read with it.
    [[nodiscard]] Outcome<OpenedFinding> open(db::PgSession& db, store::FindingForRecord row,
                                              std::span<store::FindingOnRecord const> on_record) const;
    /// The facts for a record with this id, time and status position.
    [[nodiscard]] Outcome<domain::RecordFacts> read(OpenedFinding const& finding, RecordId record,
                                                    Instant issued_at, store::StatusPlace status) const;

  private:
    [[nodiscard]] Outcome<void> is_collected(OpenedFinding const& finding, domain::FindingKind kind,
                                             domain::Severity severity) const;

    Vault const& vault_;
    MatterCache& matters_;
    domain::Rules const& rules_;
    domain::WorkingCalendar const& calendar_;
    std::string issuer_;
};

/// The stable word for the reason why a finding gets no record.
std::string refusal_of(Fault const& fault);

}  // namespace sponsio::service

#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/record.hpp"
#include "server/domain/rules.hpp"
#include "server/service/vault.hpp"
#include "server/store/records.hpp"

#include <string_view>

namespace sponsio::service {

/// What the stored rows of an effective finding say once they are opened, for a record with this id, time and
/// place in a status list.
/// Refused with problem::lint_failed and the rule's word in `cause` if something a record needs is not there
/// (no service of the decision, no second person), otherwise with the fault of opening it.
class FactReader {
  public:
    FactReader(Vault const& vault, domain::Rules const& rules, domain::WorkingCalendar const& calendar,
               std::string issuer)
        : vault_(vault), rules_(rules), calendar_(calendar), issuer_(std::move(issuer)) {}

    [[nodiscard]] Outcome<domain::RecordFacts> read(store::FindingForRecord const& row, RecordId record,
                                                    Instant issued_at, store::StatusPlace status) const;

  private:
    Vault const& vault_;
    domain::Rules const& rules_;
    domain::WorkingCalendar const& calendar_;
    std::string issuer_;
};

/// The stable word for why a finding gets no record.
std::string refusal_of(Fault const& fault);

}  // namespace sponsio::service

#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/report.hpp"
#include "server/domain/rules.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"
#include "server/store/submissions.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sponsio::service {

/// A line to be reported for the first time. The queue assigns its record number.
struct NewReport {
    RecordId record;
    OrganisationId organisation;  ///< the reporting unit
    std::string region;           ///< of that unit: whose rules set the clock
    Instant clock_starts;         ///< when the finding became effective
    domain::ReportLine line;
};

struct RecordToReport {
    RecordId record;
    OpenedFinding const& finding;
};

/// What became of a record that was reported.
struct FollowUp {
    RecordId record;
    domain::ReportOp op;
    std::string why;  ///< number of the decision, or the rule
    domain::Actor by;
    std::optional<std::string> remarks{};  ///< set with `change`
};

/// Queues records for the sharing platform, inside the transaction that issues them.
class ReportQueue {
  public:
    ReportQueue(Vault const& vault, domain::Regions const& regions, domain::Rules const& rules,
                domain::WorkingCalendar const& calendar)
        : vault_(vault), regions_(regions), rules_(rules), calendar_(calendar) {}

    /// Composes the lines from findings, commitments and matters, and queues them: all or none. To be called
    /// in the transaction that stores the credit records. A line that no platform could accept is stored as
    /// rejected, with its errors, for a person to correct.
    Outcome<void> queue(db::PgSession& db, std::span<RecordToReport const> records, Instant now) const;
    /// Queues a line that is composed already. Returns its record number.
    Outcome<std::string> queue(db::PgSession& db, NewReport const& report, Instant now) const;
    /// Tells the platform what became of a record, in the transaction of the decision, once it has answered
    /// to what it was told before; nothing where no report of it is there or on its way.
    Outcome<void> follow(db::PgSession& db, FollowUp const& what, Instant now) const;

  private:
    using Json = domain::Json;
    /// The units already looked up in this call.
    using Agencies = std::map<std::string, std::optional<store::Organisation>>;

    static Outcome<NewReport> compose(db::PgSession& db, RecordToReport const& report, Agencies& agencies);
    Outcome<store::ReportRow> row_of(NewReport const& report, Instant now, Events& events) const;
    Outcome<void> set_clock(domain::ClockId id, std::string const& region, Instant starts,
                            store::ReportRow& row) const;
    Outcome<void> check_line(Json const& line, Instant now, store::ReportRow& row, Events& events) const;

    Vault const& vault_;
    domain::Regions const& regions_;
    domain::Rules const& rules_;
    domain::WorkingCalendar const& calendar_;
};

/// The record number of an attempt: "<record id>-<attempt>".
std::string record_no(RecordId record, int attempt);
std::string errors_label(std::string const& record_no);
std::string why_label(std::string const& record_no);

}  // namespace sponsio::service

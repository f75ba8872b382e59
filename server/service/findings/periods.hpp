#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/rules.hpp"
#include "server/store/documents.hpp"
#include "server/store/findings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The periods that the service of a document starts.
namespace sponsio::service {

/// The periods that one service starts. A year without a calendar leaves an end open; the service stands.
struct FindingPeriods {
    struct Named {
        std::string clock;
        domain::Period period;
    };

    std::vector<Named> list;

    /// The first instant after all periods; nothing while one has no known end.
    [[nodiscard]] std::optional<Instant> ends() const;
    /// The year whose calendar is missing, the earliest if several are.
    [[nodiscard]] std::optional<std::int32_t> waits_for() const;
    /// For the event: the rules that set the periods.
    [[nodiscard]] std::string line() const;
    /// The last day that the served paper names holds where the service alone would end a period earlier: the
    /// party relies on what they were given.
    void hold_to(std::vector<store::StatedPeriodRow> const& paper);
};

/// A period as a paper for a service on that day or before states it.
domain::StatedPeriod stated(FindingPeriods::Named const& period, Date serve_by);

/// The manner of a document's service, and the day from which its periods run.
struct Serving {
    Date counts_from;
    domain::ServiceMethod method;
};

/// An outcome after which the party may still sue: the rule that says how long, and the day of its record.
struct Further {
    domain::ClockId rule;
    Date recorded_on;
};

/// Sets periods by the rules of one region.
class PeriodSetter {
  public:
    PeriodSetter(domain::Rules const& rules, domain::WorkingCalendar const& calendar, std::string region)
        : rules_(rules), calendar_(calendar), region_(std::move(region)) {}

    /// The period for statement and defence, last in the list, and before it that to ask for a hearing, where
    /// there is one.
    [[nodiscard]] Outcome<FindingPeriods> defence(Serving const& serving, bool hearing) const;
    /// The period to set right what an order names, last in the list.
    [[nodiscard]] Outcome<FindingPeriods> order(Serving const& serving) const;
    /// The time between the notice of a hearing and its day, last in the list.
    [[nodiscard]] Outcome<FindingPeriods> hearing_notice(Serving const& serving) const;
    /// The periods for both remedies. No suit is taken later than so many years after the act, whenever the
    /// party came to know of it (Administrative Litigation Law art. 46).
    [[nodiscard]] Outcome<FindingPeriods> remedies(Serving const& serving, Date made_on) const;
    /// The period to go on after an outcome that left the decision as it was: "remedy.further", then
    /// "remedy.further.2" and so on.
    [[nodiscard]] Outcome<void> add_further(FindingPeriods& periods,
                                            std::vector<Further> const& outcomes) const;
    /// The longest time in which a reconsideration that was applied for on that day is to be answered.
    [[nodiscard]] Outcome<std::optional<Instant>> answer_until(Date applied_on) const;

  private:
    struct Begun;
    [[nodiscard]] Outcome<Begun> begin(Serving const& serving, std::string clock) const;
    [[nodiscard]] Outcome<void> start(Begun& begun, domain::ClockId id) const;

    domain::Rules const& rules_;
    domain::WorkingCalendar const& calendar_;
    std::string region_;
};

/// Stores the periods, and so closes open ones. True if a period stored as open has an end now.
bool keep(db::PgSession& db, FindingId id, FindingPeriods const& periods);

}  // namespace sponsio::service

#include "server/service/findings/periods.hpp"

#include "server/base/internal.hpp"
#include "server/service/unit/clock_text.hpp"

#include <algorithm>
#include <map>

namespace sponsio::service {

using domain::PeriodUnit;

/// The periods so far, and the day from which the next ones run; nothing while that day is not known.
struct PeriodSetter::Begun {
    FindingPeriods periods;
    Date counts_from;
    std::optional<std::chrono::year> waits_for;
};

std::optional<Instant> FindingPeriods::ends() const {
    std::optional<Instant> last;
    for (Named const& one : list) {
        if (!one.period.end) return std::nullopt;
        last = std::max(last, std::optional(one.period.end->ends));
    }
    return last;
}

std::optional<std::int32_t> FindingPeriods::waits_for() const {
    std::optional<std::int32_t> first;
    for (Named const& one : list) {
        if (!one.period.waits_for) continue;
        std::int32_t const year{int{*one.period.waits_for}};
        first = std::min(first.value_or(year), year);
    }
    return first;
}

std::string FindingPeriods::line() const {
    std::string lines;
    for (auto const& [clock, period] : list) {
        auto const origin = period.end ? ClockText::of(*period.end) : ClockText::open(period.rule);
        lines += (lines.empty() ? "" : " | ") + origin.line();
    }
    return lines;
}

void FindingPeriods::hold_to(std::vector<store::StatedPeriodRow> const& paper) {
    for (auto& [clock, period] : list) {
        auto const said = std::ranges::find(paper, clock, &store::StatedPeriodRow::clock);
        if (said == paper.end() || !said->last_day || !period.end || *said->last_day <= period.end->date)
            continue;
        period.end->date = *said->last_day;
        period.end->ends = china_midnight(domain::add_calendar_days(*said->last_day, 1));
    }
}

domain::StatedPeriod stated(FindingPeriods::Named const& period, Date serve_by) {
    auto const& end = period.period.end;
    return {period.period.rule.value, serve_by, end ? std::optional(end->date) : std::nullopt};
}

/// Service by public notice is complete only when its own period is over; that period is a clock like others.
Outcome<PeriodSetter::Begun> PeriodSetter::begin(Serving const& serving, std::string clock) const {
    Begun begun{.periods = {}, .counts_from = serving.counts_from, .waits_for = std::nullopt};
    if (serving.method != domain::ServiceMethod::public_notice) return begun;
    if (auto set = start(begun, domain::rule::public_notice); !set) return set.error();
    auto& notice = begun.periods.list.back();
    notice.clock = std::move(clock);
    begun.waits_for = notice.period.waits_for;
    if (notice.period.end) begun.counts_from = notice.period.end->date;
    return begun;
}

Outcome<void> PeriodSetter::start(Begun& begun, domain::ClockId id) const {
    auto const found = rules_.clock(id, region_, begun.counts_from);
    if (!found) return found.error();
    if (begun.waits_for) {
        begun.periods.list.push_back({found->id, {*found, std::nullopt, begun.waits_for}});
        return {};
    }
    auto period = domain::begin_period(*found, begun.counts_from, calendar_);
    if (!period) return period.error();
    begun.periods.list.push_back({found->id, std::move(*period)});
    return {};
}

Outcome<FindingPeriods> PeriodSetter::order(Serving const& serving) const {
    auto begun = begin(serving, "order.service");
    if (!begun) return begun.error();
    if (auto set = start(*begun, domain::rule::rectify); !set) return set.error();
    return std::move(begun->periods);
}

Outcome<FindingPeriods> PeriodSetter::hearing_notice(Serving const& serving) const {
    auto begun = begin(serving, "hearing_notice.service");
    if (!begun) return begun.error();
    if (auto set = start(*begun, domain::rule::hearing_notice); !set) return set.error();
    return std::move(begun->periods);
}

Outcome<FindingPeriods> PeriodSetter::defence(Serving const& serving, bool hearing) const {
    auto begun = begin(serving, "prior_notice.service");
    if (!begun) return begun.error();
    if (hearing)
        if (auto set = start(*begun, domain::rule::hearing_request); !set) return set.error();
    if (auto set = start(*begun, domain::rule::defence); !set) return set.error();
    return std::move(begun->periods);
}

Outcome<FindingPeriods> PeriodSetter::remedies(Serving const& serving, Date made_on) const {
    auto begun = begin(serving, "decision.service");
    if (!begun) return begun.error();
    if (auto set = start(*begun, domain::rule::reconsideration); !set) return set.error();
    if (auto set = start(*begun, domain::rule::litigation); !set) return set.error();
    auto const longest = rules_.clock(domain::rule::longest_litigation, region_, begun->counts_from);
    if (!longest) return longest.error();
    auto last = domain::begin_period(*longest, made_on, calendar_);
    if (!last) return last.error();
    domain::Period& suit = begun->periods.list.back().period;
    if (last->end && suit.end && last->end->date < suit.end->date) suit = std::move(*last);
    return std::move(begun->periods);
}

Outcome<void> PeriodSetter::add_further(FindingPeriods& periods, std::vector<Further> const& outcomes) const {
    std::map<std::string_view, int> number;
    for (auto const& [rule, day] : outcomes) {
        Begun begun{.periods = {}, .counts_from = day, .waits_for = std::nullopt};
        if (auto set = start(begun, rule); !set) return set;
        FindingPeriods::Named& one = begun.periods.list.front();
        if (int const n = ++number[rule.text]; n != 1) one.clock += "." + std::to_string(n);
        periods.list.push_back(std::move(one));
    }
    return {};
}

Outcome<std::optional<Instant>> PeriodSetter::answer_until(Date applied_on) const {
    Date day = applied_on;
    std::optional<Instant> ends;
    for (domain::ClockId const id :
         {domain::rule::reconsideration_accepted, domain::rule::reconsideration_decided,
          domain::rule::reconsideration_extended}) {
        auto const rule = rules_.clock(id, region_, applied_on);
        if (!rule) return rule.error();
        auto const period = domain::begin_period(*rule, day, calendar_);
        if (!period) return period.error();
        if (!period->end) return std::optional<Instant>{};
        day = period->end->date;
        ends = period->end->ends;
    }
    return ends;
}

bool keep(db::PgSession& db, FindingId id, FindingPeriods const& periods) {
    auto const there = store::clocks_of(db, id);
    bool ended = false;
    for (auto const& [clock, period] : periods.list) {
        if (std::ranges::find(there, clock, &store::ClockRow::clock) != there.end()) continue;
        if (period.end) {
            auto const origin = ClockText::of(*period.end);
            store::insert(db, store::ClockRow{id, clock, period.end->date, period.end->ends, origin.rule,
                                              origin.rule_pack, origin.calendar});
            ended = true;
        } else {
            store::insert(db, store::OpenClockRow{id, clock, domain::rule_name(period.rule),
                                                  domain::pack_name(period.rule),
                                                  std::int32_t{int{period.waits_for.value()}}});
        }
    }
    return ended;
}

}  // namespace sponsio::service

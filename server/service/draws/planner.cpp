#include "server/service/draws/planner.hpp"

#include "server/base/form.hpp"
#include "server/service/unit/reach.hpp"
#include "server/store/draw_pool.hpp"
#include "server/store/matters.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>
#include <set>

namespace sponsio::service {
namespace {

using domain::DrawPlan;
using domain::DrawRequest;
using domain::Ratio;

bool less(Ratio const& a, Ratio const& b) {
    return a.numerator * b.denominator < b.numerator * a.denominator;
}

Fault below_policy(std::string const& code) {
    return fault(problem::ratio_out_of_bounds,
                 "The policy of matter " + code + " has a higher ratio; a draw may not go below it.",
                 "事项 " + code + " 规定的抽查比例更高，抽查不得低于该比例。");
}

template <class T>
void add_once(std::vector<T>& list, T const& value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

}  // namespace

/// The state of one planning, step by step.
struct DrawPlanner::Looking {
    DrawPlanner const& planner;
    db::PgSession& db;
    domain::Official const& who;
    DrawRequest const& request;
    Instant now;

    Reach reach = Reach::of(db, *planner.vault_, who, domain::Holding::draws);
    DrawPlan plan{};
    Fault refused{.problem = &problem::invalid};
    std::set<MatterId> seen{};
    std::vector<OrganisationId> verifying_units{};
    int inspectors_needed = 1;

    void refuse(std::string pointer, Reason const& why, Wanted wanted = {}) {
        refused.fields.push_back({std::move(pointer), &why, std::move(wanted)});
    }

    /// The versions of a matter whose commitments may be drawn: their units verify, their policies apply.
    Outcome<void> take_versions(store::MatterVersion const& row) {
        auto const agency = store::organisation_by_id(db, row.organisation).value();
        for (int version = 1; version <= row.newest_version; ++version) {
            auto const known = planner.matters_->find(db, row.matter, version);
            domain::VerificationPlan const& policy = known->content.verification;
            if (!domain::is_drawn(policy.coverage)) continue;
            add_once(verifying_units, known->verifying_unit);
            auto const officers =
                domain::least_officers(policy, *planner.rules_, agency.region_code, china_date(now));
            if (!officers) return officers.error();
            inspectors_needed = std::max({inspectors_needed, policy.inspectors, *officers});
        }
        return {};
    }

    /// Refuses a ratio outside the rule pack's bounds for the matter's class, or below the matter's policy.
    [[nodiscard]] Outcome<void> check_ratio(domain::VerificationPlan policy, store::MatterVersion const& row,
                                            Ratio const& ratio, std::string const& pointer) const {
        auto const agency = store::organisation_by_id(db, row.organisation).value();
        bool const below = policy.ratio && less(ratio, *policy.ratio);
        policy.ratio = ratio;
        auto bounds = domain::check_ratio(policy, *planner.rules_, agency.region_code, china_date(now));
        if (bounds && below) bounds = below_policy(row.matter_code);
        if (bounds) return {};
        Fault fault = bounds.error();
        fault.fields = {{pointer, &reason::out_of_range}};
        return fault;
    }

    Outcome<void> take_stratum(DrawRequest::Stratum const& asked, std::string const& pointer) {
        DrawPlan::Stratum stratum{.name = asked.name,
                                  .matters = {},
                                  .matter_codes = asked.matters,
                                  .ratio = {},
                                  .minimum = asked.minimum};
        std::vector<std::pair<store::MatterVersion, domain::VerificationPlan>> policies;
        for (std::size_t i = 0; i != asked.matters.size(); ++i) {
            std::string const where = pointer + "/matters/" + std::to_string(i);
            // Several agencies of the tree may have a matter of that code.
            auto const rows = store::versions_in_force(db, reach.organisations().value(), asked.matters[i],
                                                       china_date(now));
            if (rows.empty()) refuse(where, reason::no_such_thing, {.form = &form::known_thing});
            for (store::MatterVersion const& row : rows) {
                if (!seen.insert(row.matter).second) refuse(where, reason::listed_twice);
                stratum.matters.push_back(row.matter);
                add_once(plan.agencies, row.organisation);
                if (auto taken = take_versions(row); !taken) return taken.error();
                policies.emplace_back(
                    row, planner.matters_->find(db, row.matter, row.version)->content.verification);
            }
        }
        auto const ratio = ratio_of(asked, policies);
        if (!ratio) {
            if (refused.fields.empty()) refuse(pointer + "/ratio", reason::required, {.form = &form::object});
            return {};
        }
        stratum.ratio = *ratio;
        for (auto const& [row, policy] : policies)
            if (auto fine = check_ratio(policy, row, *ratio, pointer + "/ratio"); !fine) return fine.error();
        plan.strata.push_back(std::move(stratum));
        return {};
    }

    /// The requested ratio, else the highest among the policies of the matters.
    static std::optional<Ratio> ratio_of(
        DrawRequest::Stratum const& asked,
        std::vector<std::pair<store::MatterVersion, domain::VerificationPlan>> const& policies) {
        if (asked.ratio) return asked.ratio;
        std::optional<Ratio> highest;
        for (auto const& [row, policy] : policies)
            if (policy.ratio && (!highest || less(*highest, *policy.ratio))) highest = policy.ratio;
        return highest;
    }

    /// A value that nobody signs is one that whoever enters it could have chosen.
    void take_beacon() {
        if (!plan.public_input.beacon) return;
        auto const known = planner.beacons_.find(plan.public_input.beacon->source);
        if (known != planner.beacons_.end()) {
            plan.public_input.beacon->key = known->second.vkey();
            return;
        }
        std::vector<std::string> sources;
        for (auto const& [source, key] : planner.beacons_) sources.push_back(source);
        refuse("/public_input/beacon/source", reason::unknown_value, {.words = std::move(sources)});
    }

    void take_units() {
        plan.any_unit = !request.units.empty();
        if (!plan.any_unit) plan.units = verifying_units;
        for (std::size_t i = 0; i != request.units.size(); ++i) {
            auto const unit = store::organisation_by_uscc(db, request.units[i]);
            bool const known =
                unit && (reach.covers(unit->id) ||
                         std::ranges::find(verifying_units, unit->id) != verifying_units.end());
            if (known)
                add_once(plan.units, unit->id);
            else
                refuse("/inspectors/units/" + std::to_string(i), reason::no_such_thing,
                       {.form = &form::known_thing});
        }
    }

    /// A draw from a few is a choice, and what is published of a few tells of one (draw.group.min). A stratum
    /// without objects tells nothing.
    [[nodiscard]] Outcome<void> check_pools() const {
        auto const least = planner.rules_->number(domain::rule::draw_group, who.region_code, china_date(now));
        if (!least) return least.error();
        Fault small{.problem = &problem::invalid};
        bool any = false;
        for (std::size_t i = 0; i != plan.strata.size(); ++i) {
            auto const count = store::count_up_to(
                db, {plan.agencies, plan.strata[i].matters, plan.from, plan.until}, *least);
            any = any || count > 0;
            if (count > 0 && count < *least)
                small.fields.push_back({"/strata/" + std::to_string(i),
                                        &reason::out_of_range,
                                        {.min = *least, .unit = &unit::entries}});
        }
        if (!any)
            return fault(problem::empty_pool,
                         "No commitment of these matters waits for a check that a draw brings.",
                         "所列事项中没有等待抽查的承诺。");
        if (!small.fields.empty()) {
            small.detail = {
                "Fewer commitments wait in a stratum than a draw is held over (draw.group.min). Put "
                "matters together in one stratum, or draw over more days.",
                "层内等待抽查的承诺少于规则包规定的下限（draw.group."
                "min）。请合并事项为一层，或扩大受理日期范围。"};
            return small;
        }
        auto const people = store::verifiers_of(db, plan.units, now).size();
        if (people < static_cast<std::size_t>(plan.inspectors_per_object))
            return fault(
                problem::too_few_inspectors,
                "The units have " + std::to_string(people) + " verifiers, fewer than each object needs.",
                "各核查单位共有核查人员 " + std::to_string(people) + " 名，少于每个对象所需人数。");
        return {};
    }
};

Outcome<DrawPlan> DrawPlanner::plan(db::PgSession& db, domain::Official const& who,
                                    DrawRequest const& request, Instant now) const {
    Looking looking{*this, db, who, request, now};
    DrawPlan& plan = looking.plan;
    if (request.accepted_from) plan.from = china_midnight(*request.accepted_from);
    if (request.accepted_to)
        plan.until = china_midnight(Date{std::chrono::sys_days{*request.accepted_to} + std::chrono::days{1}});
    plan.inspectors_per_object = request.inspectors_per_object;
    plan.forbid_own_organisation = request.forbid_own_organisation;
    plan.public_input = request.public_input;
    plan.reveal_within_hours = request.reveal_within_hours;

    for (std::size_t i = 0; i != request.strata.size(); ++i)
        if (auto taken = looking.take_stratum(request.strata[i], "/strata/" + std::to_string(i)); !taken)
            return taken.error();
    looking.take_units();
    looking.take_beacon();
    if (request.inspectors_per_object < looking.inspectors_needed)
        looking.refuse("/inspectors_per_object", reason::out_of_range, {.min = looking.inspectors_needed});
    if (!looking.refused.fields.empty()) return looking.refused;
    if (auto filled = looking.check_pools(); !filled) return filled.error();
    return std::move(plan);
}

}  // namespace sponsio::service

#include "server/domain/inspection.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

Outcome<void> is_another(InspectionFacts const& f) {
    return second_person(f.actor, f.requested_by, "Who asked for an inspection does not decide on it.",
                         "申请涉企行政检查的人员不得自行批准。");
}

Outcome<void> within_the_cap(InspectionFacts const& f) {
    if (auto another = is_another(f); !another) return another;
    if (!f.capped) return {};
    if (!f.cap)
        return fault(problem::conflict,
                     "The unit has published no yearly cap of inspections for that year (rule "
                     "check.enterprise.cap); a supervisor publishes it with publishInspectionCap.",
                     "本单位尚未公布该年度检查频次上限（规则 check.enterprise.cap），应由主管人员先行公布。");
    if (f.made < *f.cap) return {};
    std::string const made = std::to_string(f.made);
    std::string const cap = std::to_string(*f.cap);
    return fault(problem::conflict,
                 "This enterprise has " + made + " inspections by this unit in that year, and the cap is " +
                     cap + " (rule check.enterprise.cap; 国办发〔2024〕54号).",
                 "本单位该年度对该企业的检查已有 " + made + " 次，上限为 " + cap +
                     " 次（规则 check.enterprise.cap；国办发〔2024〕54号）。");
}

constexpr Guard<InspectionFacts> another{"another person", is_another};
constexpr Guard<InspectionFacts> capped{"another person, within the yearly cap", within_the_cap};
constexpr InspectionLifecycle::Row rows[] = {
    {InspectionState::requested, InspectionEvent::approve, InspectionState::approved, capped},
    {InspectionState::requested, InspectionEvent::refuse, InspectionState::refused, another},
    {InspectionState::requested, InspectionEvent::call_off, InspectionState::called_off},
    {InspectionState::approved, InspectionEvent::carry_out, InspectionState::carried_out},
    {InspectionState::approved, InspectionEvent::call_off, InspectionState::called_off},
};

}  // namespace

InspectionLifecycle const inspection_lifecycle{"inspection", InspectionState::requested, rows};

InspectionRequest InspectionRequest::read(Fields& fields) {
    return {fields.text("why", {.max = 4000}), fields.date("planned_on")};
}

InspectionDecision InspectionDecision::read(Fields& fields) {
    return {fields.boolean("approved"), fields.text("why", {.max = 4000})};
}

InspectionCap InspectionCap::read(Fields& fields) {
    return {static_cast<int>(fields.integer("year", 2025, 2100)),
            static_cast<int>(fields.integer("most", 1, 366))};
}

}  // namespace sponsio::domain

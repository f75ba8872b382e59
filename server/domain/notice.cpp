#include "server/domain/notice.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

constexpr Reason nobody_named{"nobody_named", "names nobody: give the document, the name or both",
                              "未指明受告知人：请填写证件、姓名（名称）或者二者"};

}  // namespace

GivenTo GivenTo::read(Fields& fields, Date today) {
    GivenTo to;
    to.kind = fields.choice<NoticeRecipient>("kind");
    to.group = fields.optional_text("group", {.max = 200});
    to.name = fields.optional_text("name", {.max = 200});
    to.document = optional_document(fields, today);
    bool const person = to.kind == NoticeRecipient::person;
    if (person && to.group) fields.refuse("group", reason::not_allowed_here);
    if (!person && to.name) fields.refuse("name", reason::not_allowed_here);
    if (!person && to.document) fields.refuse("document", reason::not_allowed_here);
    if (person && !to.name && !to.document) fields.refuse("", nobody_named);
    if (!to.name) return to;
    bool const company = to.document && to.document->type() == DocumentType::uscc;
    auto checked = company ? parse_organisation_name(*to.name) : parse_person_name(*to.name);
    if (checked)
        to.name = *checked;
    else
        fields.refuse("name", *checked.error());
    return to;
}

Json GivenTo::to_json() const {
    JsonObject json;
    if (document)
        json.add("document",
                 JsonObject{{"number", document->number().reveal()}, {"type", word(document->type())}});
    if (group) json.add("group", *group);
    if (name) json.add("name", *name);
    if (!document && !group && !name) return {};
    return json;
}

Date first_day_of(Date valid_from, Instant created_at) {
    return std::max(valid_from, china_date(created_at));
}

std::optional<VersionStart> successor_of(int version, std::span<VersionStart const> versions) {
    std::optional<VersionStart> found;
    for (VersionStart const& other : versions) {
        if (other.version <= version) continue;
        // Of two that begin on one day the higher one applies.
        if (!found || other.first_day < found->first_day ||
            (other.first_day == found->first_day && other.version > found->version))
            found = other;
    }
    return found;
}

Outcome<DueDate> good_until(Rules const& rules, WorkingCalendar const& calendar, std::string_view region,
                            Date superseded) {
    auto const rule = rules.clock(rule::superseded_notice, region, superseded);
    if (!rule) return rule.error();
    return due(*rule, superseded, calendar);
}

Outcome<Date> entered_in_time_from(Rules const& rules, std::string_view region, Date today) {
    auto const rule = rules.clock(rule::entry, region, today);
    if (!rule) return rule.error();
    // rule_ids.cpp takes no unit but calendar days, so counting back needs no calendar.
    return Date{std::chrono::sys_days{today} - std::chrono::days{rule->value}};
}

}  // namespace sponsio::domain

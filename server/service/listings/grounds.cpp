#include "server/service/listings/grounds.hpp"

#include "server/base/form.hpp"
#include "server/domain/commitment.hpp"
#include "server/domain/publicity.hpp"
#include "server/domain/record_status.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr Reason unnamed{"required", "must be there: the place wants it said", "当地规则要求写明，不能缺少"};

bool has(std::vector<std::string> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

/// Whether a list that a place may have, and none has to, has that word there.
bool place_wants(CountedBy const& by, domain::ListId rule, Date today, std::string_view word) {
    auto const found = by.rules.find(rule, by.region, today);
    return found && has(found->rule->values, word);
}

/// The refusal of a member that the place wants, with the rule.
Fault wanted(CountedBy const& by, domain::ListId rule, Date today, char const* pointer) {
    Fault refused = bad_field(pointer, unnamed, form::text);
    refused.detail = {"The place wants this said of a listing.", "当地规则要求列入时写明该内容。"};
    return by_rule(std::move(refused), by.rules, rule, by.region, today);
}

}  // namespace

bool ListedFinding::natural_person() const {
    return opened.commitment.at("committer").at("kind").as_string() ==
           domain::word(domain::CommitterKind::natural_person);
}

domain::ListedAct ListedFinding::act() const {
    return {row.kind, row.culpability, row.severity, opened.text.circumstances.harm, natural_person()};
}

Outcome<void> check_stands(std::optional<domain::RecordStatus> status) {
    if (status && domain::is_shared(*status)) return {};
    return fault(problem::conflict,
                 "The record was withdrawn or repaired, or is suspended; nobody is listed by it.",
                 "该记录已撤回、已修复或者暂停使用，不得据以列入名单。");
}

Outcome<void> check_listing(CountedBy const& by, Date today, domain::ListingDraft const& draft,
                            ListedFinding const& finding) {
    auto const levels = by.rules.list(domain::rule::listing_levels, by.region, today);
    if (!levels) return levels.error();
    auto const suffices = [&](domain::ListingBasis const& one) {
        return has(*levels, domain::word(one.level));
    };
    if (std::ranges::none_of(draft.basis, suffices))
        return by_rule(fault(problem::conflict,
                             "None of these provisions may set up a list of seriously dishonest subjects.",
                             "所列依据均不具备设列严重失信主体名单的层级。"),
                       by.rules, domain::rule::listing_levels, by.region, today);
    auto const grounds = by.rules.list(domain::rule::listing_grounds, by.region, today);
    if (!grounds) return grounds.error();
    if (!has(*grounds, domain::word(draft.ground)))
        return by_rule(fault(problem::conflict, "This is no ground for a listing here.",
                             "该情形在本地不属于可以列入严重失信主体名单的情形。"),
                       by.rules, domain::rule::listing_grounds, by.region, today);
    if (auto const why = domain::unlike(finding.act(), draft.ground))
        return by_rule(fault(problem::conflict, why->en, why->zh), by.rules, domain::rule::listing_grounds,
                       by.region, today);
    if (!draft.measures && place_wants(by, domain::rule::listing_notice, today, "measures"))
        return wanted(by, domain::rule::listing_notice, today, "/measures");
    if (finding.natural_person()) {
        if (draft.responsible.empty()) return {};
        return bad_field("/responsible", reason::not_allowed_here);
    }
    for (auto const& role : domain::words<domain::ResponsibleRole>) {
        bool const named = std::ranges::find(draft.responsible, role.value, &domain::Responsible::role) !=
                           draft.responsible.end();
        if (!named && place_wants(by, domain::rule::listing_named, today, role.text))
            return wanted(by, domain::rule::listing_named, today, "/responsible");
    }
    return {};
}

Json public_listing(CountedBy const& by, Date today, domain::ListingDraft const& draft,
                    ListedFinding const& finding) {
    Json const& committer = finding.opened.commitment.at("committer");
    std::string const& name = committer.at("name").as_string();
    bool const masked =
        finding.natural_person() && by.rules.flag_if(domain::rule::deidentify, by.region, today);
    json::Array basis, responsible;
    for (domain::ListingBasis const& one : draft.basis)
        basis.push_back(JsonObject{{"law", one.law}, {"article", one.article}});
    for (domain::Responsible const& one : draft.responsible)
        responsible.push_back(
            JsonObject{{"role", domain::word(one.role)}, {"name", domain::masked_name(one.name)}});
    return JsonObject{
        {"subject_kind", committer.at("kind").as_string()},
        {"subject_name", masked ? domain::masked_name(name) : name},
        {"document_number", domain::masked_number(committer.at("document").at("number").as_string())},
        {"ground", domain::word(draft.ground)},
        {"legal_basis", std::move(basis)},
        {"responsible", std::move(responsible)},
        {"unit_name", finding.opened.row.unit_name},
        {"unit_uscc", finding.opened.row.unit_uscc}};
}

bool is_public(CountedBy const& by, Date today, ListedFinding const& finding) {
    return !finding.natural_person() || by.rules.flag_if(domain::rule::person_public, by.region, today);
}

}  // namespace sponsio::service

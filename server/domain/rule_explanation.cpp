#include "server/domain/rule_explanation.hpp"

#include "server/base/form.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/provisional.hpp"
#include "text/percent.hpp"

#include <algorithm>
#include <map>

namespace sponsio::domain {
namespace {

constexpr Reason no_clock{"not_allowed_here", "is for periods only; this rule is none", "仅适用于期限类规则"};

/// What a grade means, wherever a rule is shown.
Bilingual grade_text(Grade grade) {
    switch (grade) {
        case Grade::primary_law: return {"The article was read.", "已核对法律条文原文。"};
        case Grade::page:
            return {"A public page says so; not verified against the official text.",
                    "据公开网页，尚未与正式文本核对。"};
        case Grade::program_evidence:
            return {"A running system does so; not verified.", "据在用系统的做法，尚未核实。"};
        case Grade::general_knowledge: return {"Believed, and not verified.", "一般认识，尚未核实。"};
        case Grade::proposal: break;
    }
    return {"A default of this program where no rule of this place is known.",
            "未见当地规定，为本系统默认值。"};
}

Json last_day_or_null(std::optional<Date> const& day) {
    return day ? Json(to_iso(*day)) : Json();
}

Json action_kinds_view(std::vector<ActionKind> const& kinds) {
    json::Array list;
    for (ActionKind const kind : kinds) list.emplace_back(word(kind));
    return list;
}

JsonObject pack_view(RulePack const& pack) {
    return {{"pack_id", pack.pack_id},
            {"version", pack.version},
            {"jurisdiction", pack.jurisdiction},
            {"title", to_json(pack.title)},
            {"effective_from", to_iso(pack.effective_from)},
            {"effective_to", last_day_or_null(pack.effective_to)}};
}

/// The packs in the order in which they are asked, up to the one that has the rule.
json::Array asked_view(std::vector<RulePack const*> const& chain, RulePack const* found) {
    json::Array list;
    for (RulePack const* pack : chain) {
        JsonObject view = pack_view(*pack);
        view.add("has_rule", pack == found);
        list.emplace_back(std::move(view));
        if (pack == found) break;
    }
    return list;
}

/// The other versions of the rule in the same pack: other days, or other kinds of matters.
json::Array others_view(Rules::Found const& found) {
    json::Array list;
    for (Rule const& other : found.pack->rules)
        if (other.id == found.rule->id && &other != found.rule) list.emplace_back(rule_view(other));
    return list;
}

ClockRule clock_of(Rules::Found const& found) {
    Rule const& rule = *found.rule;
    return {.id = rule.id,
            .pack_id = found.pack->pack_id,
            .pack_version = found.pack->version,
            .starts = rule.starts,
            .value = static_cast<int>(rule.value),
            .unit = rule.unit,
            .rolls = rule.rolls,
            .source = rule.source,
            .grade = rule.grade};
}

Outcome<Json> deadline_view(Rules::Found const& found, std::optional<Date> const& from,
                            WorkingCalendar const& calendar) {
    if (!from) return Json();
    if (found.rule->kind != RuleKind::clock) return bad_field("query:from", no_clock);
    ClockRule const clock = clock_of(found);
    auto const period = begin_period(clock, *from, calendar);
    if (!period) return period.error();
    auto const& end = period->end;
    bool const counted = end && !end->calendar.empty();
    return Json(JsonObject{{"from", to_iso(*from)},
                           {"due_on", end ? Json(to_iso(end->date)) : Json()},
                           {"calendar", counted ? Json(end->calendar) : Json()},
                           {"waits_for_calendar", period->waits_for ? Json(int{*period->waits_for}) : Json()},
                           {"provisional", provisional_view(provisional_end(clock, *from, calendar))}});
}

/// What one pack says of the rule: its version with that value, else that of the day, else the last there is.
Outcome<Rules::Found> of_pack(Rules const& rules, RuleQuestion const& question) {
    Rules::Found best{};
    int best_fit = -1;
    for (RulePack const& pack : rules.packs()) {
        if (pack.pack_id != question.pack) continue;
        for (Rule const& rule : pack.rules) {
            if (rule.id != question.rule) continue;
            bool const holds = rule.effective_from <= question.on &&
                               (!rule.effective_to || question.on <= *rule.effective_to);
            int const fit = (value_text(rule) == question.value ? 2 : 0) + (holds ? 1 : 0);
            if (fit >= best_fit) best = {&rule, &pack};
            best_fit = std::max(fit, best_fit);
        }
    }
    if (best.rule) return best;
    return fault(problem::not_found, "The pack " + question.pack + " has no rule " + question.rule + ".",
                 "规则包 " + question.pack + " 中没有规则 " + question.rule + "。");
}

Bilingual sentence(Rules::Found const& found, RuleQuestion question) {
    if (question.region.empty()) {
        question.region = found.pack->jurisdiction;
        question.on = std::max(question.on, found.rule->effective_from);
        if (found.rule->effective_to) question.on = std::min(question.on, *found.rule->effective_to);
    }
    std::string const day = to_iso(question.on), name = found.pack->pack_id + " " + found.pack->version;
    std::string const value = value_text(*found.rule);
    Bilingual const grade = grade_text(found.rule->grade);
    return {"On " + day + " the rule " + found.rule->id + " is " + value + " for " + question.region +
                ", by " + name + ": " + found.rule->source.text + ". " + grade.en,
            day + "，" + question.region + " 适用 " + name + " 中的规则 " + found.rule->id + "（" + value +
                "），依据：" + found.rule->source.text + "。" + grade.zh};
}

/// A rule is known by its id and the kinds of matters that it is for.
using RuleKey = std::pair<std::string, std::vector<ActionKind>>;

std::map<RuleKey, Rules::Found> holding(Rules const& rules, std::string_view place, Date on) {
    std::map<RuleKey, Rules::Found> all;
    for (RulePack const* pack : rules.chain(place, on)) {
        std::map<RuleKey, Rules::Found> here;
        for (Rule const& rule : pack->rules)
            if (rule.effective_from <= on && (!rule.effective_to || on <= *rule.effective_to))
                here.emplace(RuleKey{rule.id, rule.action_kinds}, Rules::Found{&rule, pack});
        // What a nearer pack says of all matters goes before what one further away says of some.
        std::erase_if(here, [&](auto const& one) { return all.contains(RuleKey{one.first.first, {}}); });
        all.merge(here);
    }
    return all;
}

bool same(Rules::Found const& a, Rules::Found const& b) {
    if (a.rule == b.rule) return true;
    return Json(rule_view(*a.rule)) == Json(rule_view(*b.rule));
}

}  // namespace

std::string value_text(Rule const& rule) {
    switch (rule.kind) {
        case RuleKind::clock:
        case RuleKind::alarm: return std::to_string(rule.value) + " " + std::string(word(rule.unit));
        case RuleKind::number: return std::to_string(rule.value) + " " + rule.number_unit;
        case RuleKind::ratio:
            return std::to_string(rule.ratio.numerator) + "/" + std::to_string(rule.ratio.denominator);
        case RuleKind::flag: return rule.value ? "yes" : "no";
        case RuleKind::list: break;
    }
    std::string text;
    for (std::string const& value : rule.values) text += (text.empty() ? "" : ", ") + value;
    return text;
}

JsonObject rule_view(Rule const& rule) {
    JsonObject view{{"id", rule.id}, {"kind", word(rule.kind)}, {"value", value_text(rule)}};
    bool const clock = rule.kind == RuleKind::clock;
    view.add("starts", clock ? Json(rule.starts) : Json())
        .add("rolls", clock ? Json(rule.rolls) : Json())
        .add("action_kinds", action_kinds_view(rule.action_kinds))
        .add("note", to_json(rule.note))
        .add("source",
             JsonObject{{"key", rule.source.key},
                        {"text", rule.source.text},
                        {"address", rule.source.address.empty() ? Json() : Json(rule.source.address)}})
        .add("grade", word(rule.grade))
        .add("grade_text", to_json(grade_text(rule.grade)))
        .add("effective_from", to_iso(rule.effective_from))
        .add("effective_to", last_day_or_null(rule.effective_to));
    return view;
}

Outcome<Json> explain_rule(Rules const& rules, WorkingCalendar const& calendar,
                           RuleQuestion const& question) {
    bool const by_pack = question.region.empty();
    auto const found = by_pack ? of_pack(rules, question)
                               : rules.find(question.rule, question.region, question.on, question.action);
    if (!found) {
        Fault refused = found.error();
        refused.problem = &problem::not_found;
        return refused;
    }
    auto deadline = deadline_view(*found, question.from, calendar);
    if (!deadline) return deadline.error();
    JsonObject pack = pack_view(*found->pack);
    pack.add("digest_sha256", to_hex(found->pack->digest));
    return Json(
        JsonObject{{"rule", rule_view(*found->rule)},
                   {"region", by_pack ? Json() : Json(question.region)},
                   {"on", by_pack ? Json() : Json(to_iso(question.on))},
                   {"action_kind", question.action ? Json(word(*question.action)) : Json()},
                   {"pack", std::move(pack)},
                   {"asked", by_pack ? asked_view({found->pack}, found->pack)
                                     : asked_view(rules.chain(question.region, question.on), found->pack)},
                   {"other_versions", others_view(*found)},
                   {"deadline", std::move(*deadline)},
                   {"text", to_json(sentence(*found, question))}});
}

std::string explanation_link(std::string_view rule, std::string_view pack_id, std::string_view value) {
    return "/v1/rules/explain?rule=" + percent_encoded(rule) + "&pack=" + percent_encoded(pack_id) +
           "&value=" + percent_encoded(value);
}

std::string explanation_link(Rules::Found const& found) {
    return explanation_link(found.rule->id, found.pack->pack_id, value_text(*found.rule));
}

std::string explanation_link(ClockRule const& rule) {
    std::string const value = std::to_string(rule.value) + " " + std::string(word(rule.unit));
    return explanation_link(rule.id, rule.pack_id, value);
}

std::vector<RuleDifference> differing_rules(Rules const& a, std::string_view place_a, Rules const& b,
                                            std::string_view place_b, Date on) {
    auto const left = holding(a, place_a, on), right = holding(b, place_b, on);
    std::map<RuleKey, RuleDifference> differences;
    for (auto const& [key, found] : left) differences[key] = {key.first, key.second, found, std::nullopt};
    for (auto const& [key, found] : right) {
        auto& one = differences.try_emplace(key, RuleDifference{key.first, key.second, {}, {}}).first->second;
        one.b = found;
    }
    std::vector<RuleDifference> list;
    for (auto& [key, one] : differences)
        if (!one.a || !one.b || !same(*one.a, *one.b)) list.push_back(std::move(one));
    return list;
}

}  // namespace sponsio::domain

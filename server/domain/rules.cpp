#include "server/domain/rules.hpp"

#include "server/base/form.hpp"
#include "server/domain/data_file.hpp"

#include <algorithm>
#include <array>

namespace sponsio::domain {
namespace {

constexpr std::int64_t longest_period = 10'000;
constexpr std::int64_t longest_alarm = 366;
constexpr Reason not_for_alarms{"not_allowed_here", "must be working_days or calendar_days for an alarm",
                                "提醒只能以工作日或者自然日计算"};
constexpr Reason escalates_upwards{"not_allowed_here", "is who the task is escalated from",
                                   "不得向承办人本人升级"};
constexpr Reason rolls_on_working_days{"not_allowed_here", "makes no sense for a period in working days",
                                       "以工作日计算的期间不适用"};
constexpr Reason outside_parent{"out_of_range", "lies outside the jurisdiction of the pack it extends",
                                "不在所扩展规则包的辖区内"};
constexpr Reason in_a_circle{"not_allowed_here", "extends itself in a circle", "规则包循环扩展"};

Days days_of(Rule const& rule) {
    return {rule.effective_from, rule.effective_to};
}

Days days_of(RulePack const& pack) {
    return {pack.effective_from, pack.effective_to};
}

void read_clock(Fields& fields, Rule& rule) {
    rule.value = fields.integer("value", 1, longest_period);
    rule.unit = fields.choice<PeriodUnit>("unit");
    rule.starts = fields.text("starts", {.max = 64});
    if (!rule.starts.empty() && !is_code_word(rule.starts, "."))
        fields.refuse("starts", reason::bad_format, form::code_word);
    rule.rolls = fields.boolean("rolls");
    if (rule.rolls && rule.unit == PeriodUnit::working_days) fields.refuse("rolls", rolls_on_working_days);
}

void read_ratio(Fields& fields, Rule& rule) {
    rule.ratio.denominator = fields.integer("denominator", 1, 1'000'000);
    rule.ratio.numerator = fields.integer("numerator", 0, rule.ratio.denominator);
}

void read_alarm(Fields& fields, Rule& rule) {
    rule.value = fields.integer("value", -longest_alarm, longest_alarm);
    rule.unit = fields.choice<PeriodUnit>("unit");
    if (rule.unit != PeriodUnit::working_days && rule.unit != PeriodUnit::calendar_days)
        fields.refuse("unit", not_for_alarms);
    rule.action = fields.choice<AlarmAction>("action");
    rule.to = fields.choice<AlarmTo>("to");
    if (rule.action == AlarmAction::escalate && rule.to == AlarmTo::assignee)
        fields.refuse("to", escalates_upwards);
}

void read_list(Fields& fields, Rule& rule) {
    rule.values = fields.texts("values", {.min = 1, .max = 50}, {.max = 64});
    for (std::string const& value : rule.values)
        if (!is_code_word(value)) fields.refuse("values", reason::bad_format, form::code_word);
}

void read_action_kinds(Fields& fields, Rule& rule) {
    for (std::string const& text :
         fields.texts("action_kinds", {.min = 0, .max = words<ActionKind>.size()}, {.max = 64})) {
        if (auto const kind = from_word<ActionKind>(text))
            rule.action_kinds.push_back(*kind);
        else
            fields.refuse("action_kinds", reason::unknown_value, {.words = allowed_words<ActionKind>()});
    }
}

/// Whether two rules of one id could both be meant for a matter: they are for the same kinds of matters.
bool same_matters(Rule const& a, Rule const& b) {
    if (a.action_kinds.empty() || b.action_kinds.empty())
        return a.action_kinds.empty() && b.action_kinds.empty();
    return std::ranges::find_first_of(a.action_kinds, b.action_kinds) != a.action_kinds.end();
}

/// The rule of a pack for that day: the one for the matter's kind, else the one for all.
Rule const* rule_in(RulePack const& pack, std::string_view id, Date on, std::optional<ActionKind> action) {
    Rule const* for_all = nullptr;
    for (Rule const& rule : pack.rules) {
        if (rule.id != id || !days_of(rule).contain(on)) continue;
        if (rule.action_kinds.empty())
            for_all = &rule;
        else if (action && std::ranges::find(rule.action_kinds, *action) != rule.action_kinds.end())
            return &rule;
    }
    return for_all;
}

Rule read_rule(Fields& fields) {
    Rule rule;
    rule.id = fields.text("id", {.max = 64});
    if (!rule.id.empty() && !is_code_word(rule.id, "."))
        fields.refuse("id", reason::bad_format, form::code_word);
    rule.kind = fields.choice<RuleKind>("kind");
    switch (rule.kind) {
        case RuleKind::clock: read_clock(fields, rule); break;
        case RuleKind::number:
            rule.value = fields.integer("value", -1'000'000'000, 1'000'000'000);
            rule.number_unit = fields.text("number_unit", {.max = 32});
            break;
        case RuleKind::ratio: read_ratio(fields, rule); break;
        case RuleKind::flag: rule.value = fields.boolean("value") ? 1 : 0; break;
        case RuleKind::alarm: read_alarm(fields, rule); break;
        case RuleKind::list: read_list(fields, rule); break;
    }
    read_action_kinds(fields, rule);
    rule.note = fields.bilingual("note", {.max = 500});
    fields.object("source", [&](Fields& source) {
        rule.source.key = source.text("key", {.max = 100});
        rule.source.text = source.text("text", {.max = 500});
        rule.source.address = source.optional_text("address", {.max = 500}).value_or("");
        refuse_placeholder(source, "key", rule.source.key);
        refuse_placeholder(source, "text", rule.source.text);
        refuse_placeholder(source, "address", rule.source.address);
    });
    rule.grade = fields.choice<Grade>("grade");
    Days const days = read_days(fields, "effective_from", "effective_to");
    rule.effective_from = days.from;
    rule.effective_to = days.to;
    return rule;
}

void read_rules(Fields& fields, RulePack& pack) {
    fields.objects("rules", {.min = 1, .max = 2'000}, [&](Fields& row) {
        Rule rule = read_rule(row);
        for (Rule const& other : pack.rules)
            if (other.id == rule.id && same_matters(other, rule) && days_of(other).overlap(days_of(rule)))
                row.refuse("effective_from", overlapping_days);
        pack.rules.push_back(std::move(rule));
    });
}

RulePack read_pack(Fields& fields) {
    RulePack pack;
    pack.pack_id = fields.text("pack_id", {.max = 64});
    if (!pack.pack_id.empty() && !is_code_word(pack.pack_id, "-"))
        fields.refuse("pack_id", reason::bad_format, form::word_with_hyphens);
    pack.version = fields.text("version", {.max = 16});
    pack.jurisdiction = fields.text("jurisdiction", {.min = 6, .max = 6});
    if (!pack.jurisdiction.empty() && !region_level(pack.jurisdiction))
        fields.refuse("jurisdiction", reason::bad_format, form::region_code);
    pack.extends = fields.optional_text("extends", {.max = 64});
    if (!pack.extends && pack.jurisdiction != national_region) fields.refuse("extends", reason::required);
    pack.title = fields.bilingual("title", {.max = 200});
    Days const days = read_days(fields, "effective_from", "effective_to");
    pack.effective_from = days.from;
    pack.effective_to = days.to;
    read_rules(fields, pack);
    return pack;
}

bool lies_within(std::string_view region, std::string_view jurisdiction) {
    if (region == jurisdiction) return true;
    auto const above = region_ancestors(region);
    return std::ranges::find(above, jurisdiction) != above.end();
}

Fault no_rule(std::string_view id, std::string_view region, Date on) {
    std::string const name(id), place(region), day = to_iso(on);
    return fault(
        problem::invalid,
        "No rule " + name + " is in force for " + place + " on " + day +
            ". Take a day on which it is, or have the operator give a rule pack that covers it: sponsio "
            "knowledge add",
        day + " 在 " + place + " 没有有效的规则 " + name +
            "。请改用规则有效的日期，或由系统运行单位用 sponsio knowledge add 补充规则包。");
}

RulePack const* pack_named(std::span<RulePack const> packs, std::string_view pack_id, Date on) {
    for (RulePack const& pack : packs)
        if (pack.pack_id == pack_id && days_of(pack).contain(on)) return &pack;
    return nullptr;
}

/// The pack of the region itself, else of the nearest region above that has one.
RulePack const* pack_for(std::span<RulePack const> packs, std::string_view region, Date on) {
    std::vector<std::string> chain = region_ancestors(region);
    chain.insert(chain.begin(), std::string(region));
    for (std::string const& place : chain)
        for (RulePack const& pack : packs)
            if (pack.jurisdiction == place && days_of(pack).contain(on)) return &pack;
    return nullptr;
}

/// Adds the pack and removes lower versions of its days; skips it if a higher version has some of its days.
void take(std::vector<RulePack>& packs, RulePack fresh) {
    auto const shares = [&](RulePack const& pack) {
        return pack.pack_id == fresh.pack_id && days_of(pack).overlap(days_of(fresh));
    };
    if (std::ranges::any_of(packs, [&](RulePack const& pack) {
            return shares(pack) && compare_versions(pack.version, fresh.version) > 0;
        }))
        return;
    std::erase_if(packs, [&](RulePack const& pack) {
        return shares(pack) && compare_versions(pack.version, fresh.version) < 0;
    });
    packs.push_back(std::move(fresh));
}

/// Checks packs against each other: their parents, and other packs for the same region and days.
std::vector<FieldError> errors_between(std::vector<RulePack> const& packs) {
    std::vector<FieldError> errors;
    auto const named = [&](std::string_view id) { return std::ranges::find(packs, id, &RulePack::pack_id); };
    for (std::size_t i = 0; i != packs.size(); ++i) {
        RulePack const& pack = packs[i];
        std::string const place = pack.pack_id + " " + pack.version;
        for (std::size_t j = 0; j != i; ++j)
            if (packs[j].jurisdiction == pack.jurisdiction && days_of(packs[j]).overlap(days_of(pack)))
                errors.push_back({place, &overlapping_days});
        std::size_t steps = 0;
        for (RulePack const* at = &pack; at->extends; ++steps) {
            auto const parent = named(*at->extends);
            if (parent == packs.end()) {
                errors.push_back({place, &reason::no_such_thing});
                break;
            }
            if (!lies_within(at->jurisdiction, parent->jurisdiction))
                errors.push_back({place, &outside_parent});
            if (steps == packs.size()) {
                errors.push_back({place, &in_a_circle});
                break;
            }
            at = &*parent;
        }
    }
    return errors;
}

}  // namespace

Outcome<Rules> Rules::from_resources(std::span<Resource const> more) {
    std::vector<Resource> files = resources_in("rules/");
    std::erase_if(files, [](Resource const& file) { return file.name.ends_with(".schema.json"); });
    files.insert(files.end(), more.begin(), more.end());
    auto rules = from_files(files);
    if (!rules) return rules.error();
    if (auto known = check_ids(rules->packs()); !known) return known.error();
    return rules;
}

Outcome<Rules> Rules::from_files(std::span<Resource const> files) {
    Packs packs;
    for (Resource const& file : files) {
        auto pack = read_data_file(file, read_pack);
        if (!pack) return pack.error();
        pack->digest = crypto::sha256(as_bytes(file.bytes));
        take(packs, std::move(*pack));
    }
    if (auto errors = errors_between(packs); !errors.empty()) return data_fault("rules/", errors);
    return Rules(std::move(packs));
}

void Rules::become(Rules const& newer) {
    packs_->become(*newer.packs_);
}

std::vector<RulePack const*> Rules::chain(std::string_view region, Date on) const {
    Packs const& packs = packs_->now();
    std::vector<RulePack const*> asked;
    for (RulePack const* pack = pack_for(packs, region, on); pack;
         pack = pack->extends ? pack_named(packs, *pack->extends, on) : nullptr)
        asked.push_back(pack);
    return asked;
}

Outcome<Rules::Found> Rules::find(std::string_view id, std::string_view region, Date on,
                                  std::optional<ActionKind> action) const {
    Packs const& packs = packs_->now();
    for (RulePack const* pack = pack_for(packs, region, on); pack;
         pack = pack->extends ? pack_named(packs, *pack->extends, on) : nullptr)
        if (Rule const* rule = rule_in(*pack, id, on, action)) return Found{rule, pack};
    return no_rule(id, region, on);
}

Outcome<Rules::Found> Rules::find_kind(std::string_view id, std::string_view region, Date on, RuleKind kind,
                                       std::optional<ActionKind> action) const {
    auto found = find(id, region, on, action);
    if (found && found->rule->kind != kind) return no_rule(id, region, on);
    return found;
}

Outcome<ClockRule> Rules::clock(ClockId id, std::string_view region, Date on) const {
    auto found = find(id, region, on);
    if (!found) return found.error();
    Rule const& rule = *found->rule;
    return ClockRule{.id = rule.id,
                     .pack_id = found->pack->pack_id,
                     .pack_version = found->pack->version,
                     .starts = rule.starts,
                     .value = static_cast<int>(rule.value),
                     .unit = rule.unit,
                     .rolls = rule.rolls,
                     .source = rule.source,
                     .grade = rule.grade};
}

Outcome<std::int64_t> Rules::number(NumberId id, std::string_view region, Date on) const {
    auto found = find(id, region, on);
    if (!found) return found.error();
    return found->rule->value;
}

Outcome<Ratio> Rules::ratio(RatioId id, std::string_view region, Date on) const {
    auto found = find(id, region, on);
    if (!found) return found.error();
    return found->rule->ratio;
}

Outcome<bool> Rules::flag(FlagId id, std::string_view region, Date on,
                          std::optional<ActionKind> action) const {
    auto found = find(id, region, on, action);
    if (!found) return found.error();
    return found->rule->value == 1;
}

std::optional<ClockRule> Rules::clock_if(ClockId id, std::string_view region, Date on) const {
    auto found = clock(id, region, on);
    return found ? std::optional(std::move(*found)) : std::nullopt;
}

bool Rules::flag_if(FlagId id, std::string_view region, Date on) const {
    auto const found = flag(id, region, on);
    return found && *found;
}

Outcome<std::vector<std::string>> Rules::list(ListId id, std::string_view region, Date on,
                                              std::optional<ActionKind> action) const {
    auto found = find(id, region, on, action);
    if (!found) return found.error();
    return found->rule->values;
}

std::vector<Rules::Found> Rules::alarms(std::string_view prefix, std::string_view region, Date on) const {
    std::map<std::string_view, Found> nearest;
    for (RulePack const* pack : chain(region, on)) {
        for (Rule const& rule : pack->rules)
            if (rule.kind == RuleKind::alarm && rule.id.starts_with(prefix) && days_of(rule).contain(on))
                nearest.try_emplace(rule.id, Found{&rule, pack});
    }
    std::vector<Found> found;
    for (auto const& [id, alarm] : nearest) found.push_back(alarm);
    return found;
}

}  // namespace sponsio::domain

#include "server/domain/knowledge.hpp"

#include "server/domain/data_file.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sponsio::domain {
namespace {

/// The member that only documents of one kind have.
struct Mark {
    KnowledgeKind kind;
    std::string_view member;
};

constexpr Mark marks[] = {{KnowledgeKind::calendar, "calendar_id"},
                          {KnowledgeKind::regions, "regions"},
                          {KnowledgeKind::rules, "pack_id"},
                          {KnowledgeKind::catalogue, "catalogue_id"}};

/// There is one table of the country's regions.
constexpr std::string_view key_of_regions = "cn-regions";

constexpr Date last_day = std::chrono::year{9999} / 12 / 31;

std::string text_at(Json const& json, std::string_view name) {
    Json const* found = json.find(name);
    std::string const* text = found ? found->if_string() : nullptr;
    return text ? *text : std::string();
}

Json const* member(Json const& json, std::string_view name) {
    Json const* found = json.find(name);
    return found && found->is_object() ? found : nullptr;
}

std::string key_of(KnowledgeKind kind, Json const& json) {
    switch (kind) {
        case KnowledgeKind::calendar: {
            Json const* year = json.find("year");
            return text_at(json, "calendar_id") + "-" +
                   (year && year->is_int() ? std::to_string(year->as_int()) : std::string());
        }
        case KnowledgeKind::regions: return std::string(key_of_regions);
        case KnowledgeKind::rules: return text_at(json, "pack_id");
        case KnowledgeKind::catalogue: return text_at(json, "catalogue_id");
    }
    return {};
}

std::string source_of(KnowledgeKind kind, Json const& json) {
    if (kind == KnowledgeKind::rules) {
        Json const* title = member(json, "title");
        return title ? text_at(*title, "zh") : "";
    }
    Json const* source = member(json, "source");
    if (!source) return "";
    if (kind == KnowledgeKind::regions) return text_at(*source, "zh");
    return text_at(*source, "key");
}

std::vector<Resource> of_kind(std::vector<KnowledgeDocument> const& given, KnowledgeKind kind) {
    std::vector<KnowledgeDocument const*> chosen;
    for (KnowledgeDocument const& document : given)
        if (document.kind == kind && counts(document, given)) chosen.push_back(&document);
    std::ranges::sort(
        chosen, [](auto const* a, auto const* b) { return compare_versions(a->version, b->version) < 0; });
    std::vector<Resource> files;
    for (KnowledgeDocument const* document : chosen) files.push_back({document->version, document->bytes});
    return files;
}

Fault conflict(std::string en, std::string zh) {
    return fault(problem::conflict, std::move(en), std::move(zh));
}

/// The version in use; nothing if there is none.
std::optional<std::string> newest(std::vector<KnowledgeDocument> const& documents,
                                  KnowledgeDocument const& like) {
    std::optional<std::string> version;
    for (KnowledgeDocument const& other : documents)
        if (other.kind == like.kind && other.key == like.key &&
            (!version || compare_versions(*version, other.version) < 0))
            version = other.version;
    return version;
}

/// The ids and kinds of rules.
using RuleNames = std::set<std::pair<std::string, RuleKind>>;

RuleNames rule_names(Rules const& rules, std::string_view pack_id) {
    RuleNames names;
    for (RulePack const& pack : rules.packs())
        if (pack.pack_id == pack_id)
            for (Rule const& rule : pack.rules) names.emplace(rule.id, rule.kind);
    return names;
}

/// Nothing that was there is missing.
Outcome<void> keeps_rules(Rules const& before, Rules const& after, std::string const& pack_id) {
    RuleNames const had = rule_names(before, pack_id), has = rule_names(after, pack_id);
    for (auto const& [id, kind] : had)
        if (!has.contains({id, kind}))
            return conflict(
                "The pack " + pack_id + " lacks the rule " + id + " (" + std::string(word(kind)) +
                    ") of the version before it; a rule that has ended stays in it with its last day.",
                "规则包 " + pack_id + " 缺少前一版本中的规则 " + id + "（" + std::string(word(kind)) +
                    "）；已失效的规则应保留并写明末日。");
    return {};
}

/// A pack that replaces another must be in force on all its days, which would otherwise have no law.
Outcome<void> keeps_days(Rules const& before, Rules const& after, std::string const& pack_id) {
    auto const holds = [&](Date day) {
        return std::ranges::any_of(after.packs(), [&](RulePack const& pack) {
            return pack.pack_id == pack_id && Days{pack.effective_from, pack.effective_to}.contain(day);
        });
    };
    for (RulePack const& old : before.packs())
        if (old.pack_id == pack_id &&
            !(holds(old.effective_from) && holds(old.effective_to.value_or(last_day))))
            return conflict("The pack " + pack_id + " must be in force on all days of version " +
                                old.version + ", whose place it takes.",
                            "规则包 " + pack_id + " 的施行日期应覆盖其所取代的 " + old.version + " 版。");
    return {};
}

Outcome<void> keeps_items(Catalogue const& before, Catalogue const& after) {
    for (ProofItem const& item : before.items())
        if (!after.find(item.item_id))
            return conflict(
                "The list lacks the item " + item.item_id +
                    " of the version before it; an item that has ended stays in it with its last day.",
                "清单缺少前一版本中的 " + item.item_id + "；已失效的事项应保留并写明末日。");
    return {};
}

CatalogueInfo const* list_of(Catalogue const& catalogue, std::string_view catalogue_id) {
    auto const found = std::ranges::find(catalogue.lists(), catalogue_id, &CatalogueInfo::catalogue_id);
    return found == catalogue.lists().end() ? nullptr : &*found;
}

/// Only the newest version of a list is read, so it begins no later than the one before it, whose items it
/// holds with their days; and it counts in a place that there is.
Outcome<void> keeps_place(Knowledge const& before, Knowledge const& after, std::string const& catalogue_id) {
    CatalogueInfo const* was = list_of(before.catalogue, catalogue_id);
    CatalogueInfo const& is = *list_of(after.catalogue, catalogue_id);
    if (is.jurisdiction != national_region && after.regions.history(is.jurisdiction).empty())
        return conflict("There is no region " + is.jurisdiction + ".",
                        "没有行政区划 " + is.jurisdiction + "。");
    if (was && was->jurisdiction != is.jurisdiction)
        return conflict(
            "The list " + catalogue_id + " is of " + was->jurisdiction +
                "; a list of another region has a name of its own.",
            "清单 " + catalogue_id + " 适用于 " + was->jurisdiction + "，其他地区的清单应另行命名。");
    if (was && was->valid_from < is.valid_from)
        return conflict("The list " + catalogue_id + " was in force from " + to_iso(was->valid_from) +
                            " on and stays so; what changes later stands in it with its first day.",
                        "清单 " + catalogue_id + " 自 " + to_iso(was->valid_from) +
                            " 起施行，新版本不得晚于该日；之后的变化应在事项中写明起始日期。");
    return {};
}

}  // namespace

Outcome<KnowledgeDocument> knowledge_document(std::string bytes) {
    auto const json = parse_json(bytes);
    if (!json) return json.error();
    for (Mark const& mark : marks) {
        if (!json->is_object() || !json->find(mark.member)) continue;
        return KnowledgeDocument{.kind = mark.kind,
                                 .key = key_of(mark.kind, *json),
                                 .version = text_at(*json, "version"),
                                 .source = source_of(mark.kind, *json),
                                 .bytes = std::move(bytes)};
    }
    return fault(
        problem::invalid,
        "This is no calendar (calendar_id), table of regions (regions), rule pack (pack_id) or list of "
        "proofs (catalogue_id).",
        "该文件不是日历（calendar_id）、行政区划表（regions）、规则包（pack_id）或证明清单（catalogue_"
        "id）。");
}

std::vector<KnowledgeDocument> const& carried_documents() {
    static std::vector<KnowledgeDocument> const carried = [] {
        std::vector<KnowledgeDocument> documents;
        for (std::string_view const folder : {"calendar/", "regions/", "rules/", "catalogue/"})
            for (Resource const& file : resources_in(folder))
                if (!file.name.ends_with(".schema.json"))
                    documents.push_back(knowledge_document(std::string(file.bytes)).value());
        return documents;
    }();
    return carried;
}

bool counts(KnowledgeDocument const& document, std::vector<KnowledgeDocument> const& given) {
    auto const same = [&](KnowledgeDocument const& other) {
        return other.kind == document.kind && other.key == document.key;
    };
    for (KnowledgeDocument const& other : carried_documents())
        if (same(other) && compare_versions(other.version, document.version) >= 0) return false;
    return document.kind == KnowledgeKind::regions ||
           std::ranges::none_of(given, [&](KnowledgeDocument const& other) {
               return same(other) && compare_versions(other.version, document.version) > 0;
           });
}

Outcome<Knowledge> Knowledge::of(std::vector<KnowledgeDocument> const& given) {
    auto regions = Regions::from_resources(of_kind(given, KnowledgeKind::regions));
    if (!regions) return regions.error();
    auto calendar = WorkingCalendar::from_resources(of_kind(given, KnowledgeKind::calendar));
    if (!calendar) return calendar.error();
    auto rules = Rules::from_resources(of_kind(given, KnowledgeKind::rules));
    if (!rules) return rules.error();
    auto catalogue = Catalogue::from_resources(of_kind(given, KnowledgeKind::catalogue));
    if (!catalogue) return catalogue.error();
    return Knowledge{std::move(*regions), std::move(*calendar), std::move(*rules), std::move(*catalogue)};
}

void Knowledge::become(Knowledge const& newer) {
    regions.become(newer.regions);
    calendar.become(newer.calendar);
    rules.become(newer.rules);
    catalogue.become(newer.catalogue);
}

Outcome<Knowledge> knowledge_with(std::vector<KnowledgeDocument> given, KnowledgeDocument const& fresh) {
    std::vector<KnowledgeDocument> all = carried_documents();
    all.insert(all.end(), given.begin(), given.end());
    auto const version = newest(all, fresh);
    if (version && compare_versions(fresh.version, *version) <= 0)
        return conflict("The version " + *version + " of " + fresh.key + " is known; " + fresh.version +
                            " is not higher.",
                        fresh.key + " 已有版本 " + *version + "，" + fresh.version + " 并不更新。");
    auto before = Knowledge::of(given);
    if (!before) {  // what was given once no longer fits this program: this document is to mend it
        std::vector<KnowledgeDocument> rest = given;
        std::erase_if(rest, [&](KnowledgeDocument const& other) {
            return other.kind == fresh.kind && other.key == fresh.key;
        });
        before = Knowledge::of(rest);
    }
    if (!before) return before.error();
    given.push_back(fresh);
    auto after = Knowledge::of(given);
    if (!after) return after.error();
    if (fresh.kind == KnowledgeKind::rules) {
        if (auto kept = keeps_days(before->rules, after->rules, fresh.key); !kept) return kept.error();
        if (auto kept = keeps_rules(before->rules, after->rules, fresh.key); !kept) return kept.error();
    }
    if (fresh.kind == KnowledgeKind::catalogue) {
        if (auto kept = keeps_items(before->catalogue, after->catalogue); !kept) return kept.error();
        if (auto kept = keeps_place(*before, *after, fresh.key); !kept) return kept.error();
    }
    return after;
}

}  // namespace sponsio::domain

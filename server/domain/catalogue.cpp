#include "server/domain/catalogue.hpp"

#include "server/base/form.hpp"
#include "server/domain/data_file.hpp"
#include "server/domain/region.hpp"
#include "text/code_points.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace sponsio::domain {
namespace {

struct List {
    CatalogueInfo info;
    std::vector<ProofItem> items;
};

CatalogueCode const* find_code(std::vector<CatalogueCode> const& table, std::string_view code) {
    auto const found = std::ranges::find(table, code, &CatalogueCode::code);
    return found == table.end() ? nullptr : &*found;
}

std::vector<CatalogueCode> read_codes(Fields& fields, std::string_view name) {
    std::vector<CatalogueCode> table;
    fields.objects(name, {.min = 1, .max = 200}, [&](Fields& row) {
        CatalogueCode entry{.code = row.text("code", {.max = 64}),
                            .name = row.bilingual("name", {.max = 200})};
        if (!entry.code.empty() && !is_code_word(entry.code))
            row.refuse("code", reason::bad_format, form::code_word);
        if (find_code(table, entry.code)) row.refuse("code", reason::not_unique);
        table.push_back(std::move(entry));
    });
    return table;
}

/// Reads the codes under `name`, each of which must be in the table.
std::vector<std::string> read_uses(Fields& fields, std::string_view name,
                                   std::vector<CatalogueCode> const& table) {
    auto codes = fields.texts(name, {.min = 0, .max = 50}, {.max = 64});
    for (std::string const& code : codes)
        if (!find_code(table, code)) fields.refuse(name, reason::no_such_thing);
    return codes;
}

std::optional<std::string> read_use(Fields& fields, std::string_view name,
                                    std::vector<CatalogueCode> const& table) {
    auto code = fields.optional_text(name, {.max = 64});
    if (code && !find_code(table, *code)) fields.refuse(name, reason::no_such_thing);
    return code;
}

ProofWay read_way(Fields& fields, CatalogueInfo const& list) {
    ProofWay way;
    way.kind = fields.choice<WayKind>("kind");
    way.departments = read_uses(fields, "departments", list.departments);
    way.documents = read_uses(fields, "documents", list.documents);
    way.issuer = read_use(fields, "issuer", list.departments);
    way.procedure = read_use(fields, "procedure", list.procedures);
    way.text = fields.bilingual("text", {.max = 500});
    // Each kind requires members of its own.
    switch (way.kind) {
        case WayKind::data_sharing:
        case WayKind::investigation:
            if (way.departments.empty()) fields.refuse("departments", reason::empty);
            break;
        case WayKind::document:
            if (way.documents.empty()) fields.refuse("documents", reason::empty);
            break;
        case WayKind::issuer:
            if (!way.issuer) fields.refuse("issuer", reason::required);
            break;
        case WayKind::procedure:
            if (!way.procedure) fields.refuse("procedure", reason::required);
            break;
    }
    return way;
}

ProofException read_exception(Fields& fields, CatalogueInfo const& list) {
    ProofException exception{.code = fields.text("code", {.max = 64}), .text = {}};
    CatalogueCode const* known = find_code(list.exceptions, exception.code);
    if (known)
        exception.text = known->name;
    else if (!exception.code.empty())
        fields.refuse("code", reason::no_such_thing);
    return exception;
}

/// What the document says in a word; an older one only says whether it may be demanded.
ProofDisposition read_disposition(Fields& fields) {
    bool const demanded = fields.boolean("may_be_demanded");
    auto const text = fields.optional_text("disposition", {.max = 20});
    if (!text) return demanded ? ProofDisposition::issue : ProofDisposition::not_issue;
    auto const disposition = from_word<ProofDisposition>(*text);
    if (!disposition)
        fields.refuse("disposition", reason::unknown_value, {.words = allowed_words<ProofDisposition>()});
    else if ((*disposition == ProofDisposition::issue) != demanded)
        fields.refuse("may_be_demanded", reason::not_allowed_here);
    return disposition.value_or(ProofDisposition::not_issue);
}

ProofItem read_item(Fields& fields, CatalogueInfo const& list) {
    ProofItem item;
    item.item_id = fields.text("item_id", {.max = 64});
    if (!item.item_id.empty() && !is_code_word(item.item_id, "-"))
        fields.refuse("item_id", reason::bad_format, form::word_with_hyphens);
    item.number = static_cast<int>(fields.integer("number", 1, 1'000));
    item.name = fields.bilingual("name", {.max = 200});
    fields.object("aliases", [&](Fields& aliases) {
        item.aliases_zh = aliases.texts("zh", {.min = 1, .max = 100}, {.max = 100});
        item.aliases_en = aliases.texts("en", {.min = 1, .max = 100}, {.max = 100});
    });
    item.disposition = read_disposition(fields);
    item.answer = fields.bilingual("answer", {.max = 1'000});
    fields.objects("ways", {.min = 1, .max = 50},
                   [&](Fields& way) { item.ways.push_back(read_way(way, list)); });
    fields.objects("exceptions", {.min = 0, .max = 50},
                   [&](Fields& row) { item.exceptions.push_back(read_exception(row, list)); });
    item.source = list.source;
    Days const days = read_days(fields, "valid_from", "valid_to");
    item.valid_from = days.from;
    item.valid_to = days.to;
    return item;
}

ProofSource read_source(Fields& fields) {
    ProofSource source{.key = fields.text("key", {.max = 100}),
                       .text = fields.bilingual("text", {.max = 500}),
                       .address = fields.optional_text("address", {.max = 500}).value_or("")};
    refuse_placeholder(fields, "key", source.key);
    refuse_placeholder(fields, "text", source.text);
    refuse_placeholder(fields, "address", source.address);
    return source;
}

List read_list(Fields& fields) {
    List list;
    CatalogueInfo& info = list.info;
    info.catalogue_id = fields.text("catalogue_id", {.max = 64});
    info.version = fields.text("version", {.max = 32});
    info.jurisdiction = fields.text("jurisdiction", {.min = 6, .max = 6});
    auto const from = fields.optional_date("valid_from");
    info.valid_to = fields.optional_date("valid_to");
    info.title = fields.bilingual("title", {.max = 200});
    fields.object("source", [&](Fields& source) { info.source = read_source(source); });
    info.coverage = fields.bilingual("coverage", {.max = 1'000});
    info.departments = read_codes(fields, "departments");
    info.documents = read_codes(fields, "documents");
    info.procedures = read_codes(fields, "procedures");
    info.exceptions = read_codes(fields, "exceptions");
    std::map<std::string, std::vector<std::size_t>>
        terms;  // a name for two items would mislead half of the askers
    fields.objects("items", {.min = 1, .max = 1'000}, [&](Fields& row) {
        ProofItem item = read_item(row, info);
        // An item that changes stands twice, each with its days.
        auto const at_once = [&](ProofItem const& other) {
            return Days{other.valid_from, other.valid_to}.overlap({item.valid_from, item.valid_to});
        };
        auto const has_number = [&](ProofItem const& other) {
            return other.number == item.number && at_once(other);
        };
        if (std::ranges::any_of(list.items, has_number)) row.refuse("number", reason::not_unique);
        for (std::string& term : Catalogue::search_terms(item)) {
            auto& users = terms[term];
            bool const taken =
                std::ranges::any_of(users, [&](std::size_t user) { return at_once(list.items[user]); });
            if (term.empty() || taken) row.refuse("aliases", reason::not_unique);
            users.push_back(list.items.size());
        }
        list.items.push_back(std::move(item));
    });
    auto const first = std::ranges::min_element(list.items, {}, &ProofItem::valid_from);
    info.valid_from = from.value_or(first == list.items.end() ? Date{} : first->valid_from);
    if (info.valid_to && *info.valid_to < info.valid_from) fields.refuse("valid_to", reversed_days);
    return list;
}

/// The names and aliases in that language, as written.
std::vector<std::string> spoken_terms(ProofItem const& item, Language language) {
    bool const zh = language == Language::zh;
    std::vector<std::string> terms{zh ? item.name.zh : item.name.en};
    auto const& aliases = zh ? item.aliases_zh : item.aliases_en;
    terms.insert(terms.end(), aliases.begin(), aliases.end());
    return terms;
}

}  // namespace

bool ProofItem::valid_on(Date day) const {
    return valid_from <= day && (!valid_to || day <= *valid_to) && list->valid_on(day);
}

Outcome<Catalogue> Catalogue::from_resources(std::span<Resource const> more) {
    std::vector<Resource> files = resources_in("catalogue/");
    files.insert(files.end(), more.begin(), more.end());
    return from_files(files);
}

Outcome<Catalogue> Catalogue::from_files(std::span<Resource const> files) {
    std::vector<List> lists;
    for (Resource const& file : files) {
        auto list = read_data_file(file, read_list);
        if (!list) return list.error();
        std::ranges::sort(list->items, {}, &ProofItem::number);
        auto const same = std::ranges::find(lists, list->info.catalogue_id,
                                            [](List const& known) { return known.info.catalogue_id; });
        int const order = same == lists.end() ? 1 : compare_versions(list->info.version, same->info.version);
        if (order == 0) return data_fault(file.name, {{"/version", &reason::not_unique}});
        if (same == lists.end())
            lists.push_back(std::move(*list));
        else if (order > 0)
            *same = std::move(*list);
    }
    Content all;
    all.lists.reserve(lists.size());  // items point at them
    for (List& list : lists) {
        CatalogueInfo const& info = all.lists.emplace_back(std::move(list.info));
        for (ProofItem& item : list.items) {
            if (all.find(item.item_id))
                return data_fault(info.catalogue_id, {{item.item_id, &reason::not_unique}});
            item.list = &info;
            all.items.push_back(std::move(item));
        }
    }
    for (std::size_t i = 0; i != all.items.size(); ++i)
        for (Language const language : {Language::zh, Language::en})
            for (std::string const& term : spoken_terms(all.items[i], language))
                all.index.add(i, language, term);
    all.index.weigh(all.items.size());
    return Catalogue(std::move(all));
}

void Catalogue::become(Catalogue const& newer) {
    content_->become(*newer.content_);
}

ProofItem const* Catalogue::Content::find(std::string_view item_id) const {
    auto const found = std::ranges::find(items, item_id, &ProofItem::item_id);
    return found == items.end() ? nullptr : &*found;
}

ProofItem const* Catalogue::find(std::string_view item_id) const {
    return content_->now().find(item_id);
}

std::vector<std::string> Catalogue::search_terms(ProofItem const& item, std::optional<Language> language) {
    std::set<std::string> terms;
    for (Language const spoken : {Language::zh, Language::en})
        if (!language || *language == spoken)
            for (std::string const& term : spoken_terms(item, spoken)) terms.insert(normalize_term(term));
    return {terms.begin(), terms.end()};
}

std::vector<Catalogue::Hit> Catalogue::search(std::string_view question, std::optional<Language> language,
                                              Date on, std::size_t limit) const {
    Content const& content = content_->now();
    std::vector<Hit> hits;
    if (!from_utf8(question)) return hits;
    if (normalize_term(question).empty()) {
        for (ProofItem const& item : content.items) hits.push_back({&item, 0});
    } else if (ProofItem const* named = content.find(question)) {
        hits.push_back({named, 100});
    } else {
        for (auto const& match : content.index.find(question, language))
            hits.push_back({&content.items[match.thing], match.score});
    }
    std::erase_if(hits, [&](Hit const& hit) { return !hit.item->valid_on(on); });
    if (hits.size() > limit) hits.resize(limit);
    return hits;
}

std::vector<CatalogueInfo const*> Catalogue::lists_in(std::string_view region, Date on) const {
    std::vector<std::string> places = region_ancestors(region);
    places.emplace(places.begin(), region);
    std::vector<CatalogueInfo const*> there;
    for (std::string const& place : places)
        for (CatalogueInfo const& list : content_->now().lists)
            if (list.jurisdiction == place && list.valid_on(on)) there.push_back(&list);
    return there;
}

std::vector<Catalogue::Hit> Catalogue::search_in(std::string_view region, std::string_view question,
                                                 std::optional<Language> language, Date on,
                                                 std::size_t limit) const {
    auto const lists = lists_in(region, on);
    // How near the list is to the place, and how near the place that it is of: the smallest first.
    auto const nearness = [&](Hit const& hit) { return std::ranges::find(lists, hit.item->list); };
    auto const place = [&](Hit const& hit) {
        return std::ranges::find(lists, hit.item->list->jurisdiction, &CatalogueInfo::jurisdiction);
    };
    std::vector<Hit> hits = search(question, language, on, items().size());
    std::erase_if(hits, [&](Hit const& hit) { return nearness(hit) == lists.end(); });
    std::ranges::stable_sort(hits, [&](Hit const& a, Hit const& b) {
        return a.score != b.score ? a.score > b.score : nearness(a) < nearness(b);
    });
    // Of each name the nearest place that has it; a list that is farther away does not decide about that
    // proof.
    auto const names = [](Hit const& hit) {
        return std::array{normalize_term(hit.item->name.zh), normalize_term(hit.item->name.en)};
    };
    std::map<std::string, decltype(lists.begin())> nearest;
    for (Hit const& hit : hits)
        for (std::string const& name : names(hit)) {
            auto const known = nearest.try_emplace(name, place(hit)).first;
            known->second = std::min(known->second, place(hit));
        }
    std::vector<Hit> deciding;
    for (Hit const& hit : hits)
        if (std::ranges::all_of(names(hit),
                                [&](std::string const& name) { return nearest.at(name) == place(hit); }))
            deciding.push_back(hit);
    if (deciding.size() > limit) deciding.resize(limit);
    return deciding;
}

}  // namespace sponsio::domain

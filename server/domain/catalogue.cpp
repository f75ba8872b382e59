#include "server/domain/catalogue.hpp"

#include "server/domain/data_file.hpp"
#include "server/domain/utf8.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sponsio::domain {
namespace {

constexpr std::array<Word<WayKind>, 5> kind_words{{{WayKind::data_sharing, "data_sharing"},
                                                   {WayKind::document, "document"},
                                                   {WayKind::issuer, "issuer"},
                                                   {WayKind::procedure, "procedure"},
                                                   {WayKind::investigation, "investigation"}}};

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
        if (!entry.code.empty() && !is_code_word(entry.code)) row.refuse("code", reason::bad_format);
        if (find_code(table, entry.code)) row.refuse("code", reason::not_unique);
        table.push_back(std::move(entry));
    });
    return table;
}

/// Codes under `name`, each of them in the table.
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
    // Each kind names what it lives by.
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

ProofItem read_item(Fields& fields, CatalogueInfo const& list) {
    ProofItem item;
    item.item_id = fields.text("item_id", {.max = 64});
    if (!item.item_id.empty() && !is_code_word(item.item_id, "-"))
        fields.refuse("item_id", reason::bad_format);
    item.number = static_cast<int>(fields.integer("number", 1, 1'000));
    item.name = fields.bilingual("name", {.max = 200});
    fields.object("aliases", [&](Fields& aliases) {
        item.aliases_zh = aliases.texts("zh", {.min = 1, .max = 100}, {.max = 100});
        item.aliases_en = aliases.texts("en", {.min = 1, .max = 100}, {.max = 100});
    });
    item.may_be_demanded = fields.boolean("may_be_demanded");
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
    return {.key = fields.text("key", {.max = 100}),
            .text = fields.bilingual("text", {.max = 500}),
            .address = fields.optional_text("address", {.max = 500}).value_or("")};
}

List read_list(Fields& fields) {
    List list;
    CatalogueInfo& info = list.info;
    info.catalogue_id = fields.text("catalogue_id", {.max = 64});
    info.version = fields.text("version", {.max = 32});
    info.jurisdiction = fields.text("jurisdiction", {.min = 6, .max = 6});
    info.title = fields.bilingual("title", {.max = 200});
    fields.object("source", [&](Fields& source) { info.source = read_source(source); });
    info.coverage = fields.bilingual("coverage", {.max = 1'000});
    info.departments = read_codes(fields, "departments");
    info.documents = read_codes(fields, "documents");
    info.procedures = read_codes(fields, "procedures");
    info.exceptions = read_codes(fields, "exceptions");
    std::set<int> numbers;
    std::set<std::string> terms;  // one name for two items would send half of the askers to the wrong one
    fields.objects("items", {.min = 1, .max = 1'000}, [&](Fields& row) {
        ProofItem item = read_item(row, info);
        if (!numbers.insert(item.number).second) row.refuse("number", reason::not_unique);
        for (std::string& term : Catalogue::search_terms(item))
            if (term.empty() || !terms.insert(std::move(term)).second)
                row.refuse("aliases", reason::not_unique);
        list.items.push_back(std::move(item));
    });
    return list;
}

/// The language's names and aliases as they are written.
std::vector<std::string> spoken_terms(ProofItem const& item, Language language) {
    bool const zh = language == Language::zh;
    std::vector<std::string> terms{zh ? item.name.zh : item.name.en};
    auto const& aliases = zh ? item.aliases_zh : item.aliases_en;
    terms.insert(terms.end(), aliases.begin(), aliases.end());
    return terms;
}

}  // namespace

std::span<Word<WayKind> const> words_of(WayKind) {
    return kind_words;
}

Outcome<Catalogue> Catalogue::from_resources() {
    return from_files(resources_in("catalogue/"));
}

Outcome<Catalogue> Catalogue::from_files(std::span<Resource const> files) {
    Catalogue all;
    for (Resource const& file : files) {
        auto list = read_data_file(file, read_list);
        if (!list) return list.error();
        std::ranges::sort(list->items, {}, &ProofItem::number);
        for (ProofItem& item : list->items) {
            if (all.find(item.item_id)) return data_fault(file.name, {{item.item_id, &reason::not_unique}});
            all.items_.push_back(std::move(item));
            all.list_of_item_.push_back(all.lists_.size());
        }
        all.lists_.push_back(std::move(list->info));
    }
    all.index_terms();
    return all;
}

void Catalogue::index_terms() {
    auto index = std::make_shared<TermIndex>();
    for (std::size_t i = 0; i != items_.size(); ++i)
        for (Language const language : {Language::zh, Language::en})
            for (std::string const& term : spoken_terms(items_[i], language)) index->add(i, language, term);
    index->weigh(items_.size());
    index_ = std::move(index);
}

ProofItem const* Catalogue::find(std::string_view item_id) const {
    auto const found = std::ranges::find(items_, item_id, &ProofItem::item_id);
    return found == items_.end() ? nullptr : &*found;
}

CatalogueInfo const& Catalogue::list_of(ProofItem const& item) const {
    return lists_.at(list_of_item_.at(static_cast<std::size_t>(&item - items_.data())));
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
    std::vector<Hit> hits;
    if (!from_utf8(question)) return hits;
    if (normalize_term(question).empty()) {
        for (ProofItem const& item : items_) hits.push_back({&item, 0});
    } else if (ProofItem const* named = find(question)) {
        hits.push_back({named, 100});
    } else {
        for (auto const& match : index_->find(question, language))
            hits.push_back({&items_[match.thing], match.score});
    }
    std::erase_if(hits, [&](Hit const& hit) { return !hit.item->valid_on(on); });
    if (hits.size() > limit) hits.resize(limit);
    return hits;
}

}  // namespace sponsio::domain

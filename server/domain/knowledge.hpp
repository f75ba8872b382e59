#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/region.hpp"
#include "server/domain/rules.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the program knows of law and country and what ages: working days, regions, rules, catalogue. It
/// carries what was known when it was built (schema/); newer documents of the same form are given to it while
/// it works.
namespace sponsio::domain {

enum class KnowledgeKind { calendar, regions, rules, catalogue };

constexpr auto words_of(KnowledgeKind) {
    using enum KnowledgeKind;
    return std::to_array<Word<KnowledgeKind>>(
        {{calendar, "calendar"}, {regions, "regions"}, {rules, "rules"}, {catalogue, "catalogue"}});
}

/// One document, as it names itself.
struct KnowledgeDocument {
    KnowledgeKind kind{};
    /// What it is a version of: "cn-2027" (a calendar's year), "cn-regions", "cn-national" (a rule pack),
    /// "cn-2020-first-batch" (a list of the catalogue).
    std::string key;
    std::string version;
    std::string
        source;         ///< in its own words; of a rule pack the title, since each of its rules names its own
    std::string bytes;  ///< exactly as given: its digest is what others were shown
};

/// Reads only what names it. Fault problem::bad_json, or problem::invalid for a document of no known kind.
Outcome<KnowledgeDocument> knowledge_document(std::string bytes);

/// The documents the binary carries, by kind and key.
std::vector<KnowledgeDocument> carried_documents();

/// Whether a document of `given` counts beside the others: no other version takes its place. Each version of
/// the regions adds to the table the program carries, unless that one is as new.
bool counts(KnowledgeDocument const& document, std::vector<KnowledgeDocument> const& given);

struct Knowledge {
    Regions regions;
    WorkingCalendar calendar;
    Rules rules;
    Catalogue catalogue;

    /// What the binary carries with the `given` documents that count laid over it. The fault names the
    /// document and the place in it; a document that does not count is not even read.
    static Outcome<Knowledge> of(std::vector<KnowledgeDocument> const& given);

    /// From now on all who hold one of these four know what `newer` knows.
    void become(Knowledge const& newer);
};

/// What is known with one document more, which must be a higher version than all there are of its thing, and
/// take away nothing that decisions rest on: a pack keeps each rule of the version before it (with its last
/// day where it has ended), a list of the catalogue each item.
/// problem::conflict or problem::invalid says in a sentence why not.
Outcome<Knowledge> knowledge_with(std::vector<KnowledgeDocument> given, KnowledgeDocument const& fresh);

}  // namespace sponsio::domain

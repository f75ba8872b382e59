#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/region.hpp"
#include "server/domain/rules.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The program's knowledge of law and country that ages: working days, regions, rules, catalogue. The binary
/// carries the state of its build (schema/); newer documents of the same form are given to it at run time.
namespace sponsio::domain {

enum class KnowledgeKind { calendar, regions, rules, catalogue };

constexpr auto words_of(KnowledgeKind) {
    using enum KnowledgeKind;
    return std::to_array<Word<KnowledgeKind>>(
        {{calendar, "calendar"}, {regions, "regions"}, {rules, "rules"}, {catalogue, "catalogue"}});
}

/// One document of knowledge with its name and version.
struct KnowledgeDocument {
    KnowledgeKind kind{};
    /// The thing that it is a version of: "cn-2027" (a calendar's year), "cn-regions", "cn-national" (a rule
    /// pack), "cn-2020-first-batch" (a list of the catalogue).
    std::string key;
    std::string version;
    std::string
        source;         ///< in its own words; of a rule pack the title, since each of its rules names its own
    std::string bytes;  ///< exactly as given: its digest is what others were shown
};

/// Reads name and version only. Fault: problem::bad_json; problem::invalid for an unknown kind of document.
Outcome<KnowledgeDocument> knowledge_document(std::string bytes);

/// The documents in the binary, by kind and key.
std::vector<KnowledgeDocument> const& carried_documents();

/// Whether a document of `given` is used: no other version supersedes it. Each version of the regions adds to
/// the table in the binary, unless that one is as new.
bool counts(KnowledgeDocument const& document, std::vector<KnowledgeDocument> const& given);

struct Knowledge {
    Regions regions;
    WorkingCalendar calendar;
    Rules rules;
    Catalogue catalogue;

    /// The documents in the binary with the used ones of `given` laid over them. The fault names the document
    /// and the member at fault; a document that is not used is not read.
    static Outcome<Knowledge> of(std::vector<KnowledgeDocument> const& given);

    /// Gives all holders of these four the content of `newer`.
    void become(Knowledge const& newer);
};

/// What is known with one document more, which must be a higher version than all there are of its thing, and
/// take away nothing that decisions rest on: a pack keeps each rule of the version before it (with its last
/// day where it has ended), a list of the catalogue each item, its region and its first day.
/// problem::conflict or problem::invalid says in a sentence why not.
Outcome<Knowledge> knowledge_with(std::vector<KnowledgeDocument> given, KnowledgeDocument const& fresh);

}  // namespace sponsio::domain

#pragma once

#include "server/domain/catalogue.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/exposure_lifecycle.hpp"
#include "server/domain/organisation.hpp"
#include "text/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio {

using ExposureReportId = Id<struct ExposureReportTag>;
using RefusalSlipId = Id<struct RefusalSlipTag>;

}  // namespace sponsio

/// What is said in the case of a unit that demands a proof which may not be demanded (docs/exposure.md).
namespace sponsio::domain {

/// From whom a report comes. Only the first three come without an account.
enum class ReportSource { resident, media, grassroots, inspector, data };

constexpr auto words_of(ReportSource) {
    using enum ReportSource;
    return std::to_array<Word<ReportSource>>({{resident, "resident"},
                                              {media, "media"},
                                              {grassroots, "grassroots"},
                                              {inspector, "inspector"},
                                              {data, "data"}});
}

/// How the proof is demanded.
enum class DemandKind {
    asked_resident,       ///< of somebody who wants something done
    made_committee_issue  ///< a committee is told to issue it
};

constexpr auto words_of(DemandKind) {
    using enum DemandKind;
    return std::to_array<Word<DemandKind>>(
        {{asked_resident, "asked_resident"}, {made_committee_issue, "made_committee_issue"}});
}

/// Which authority owns the case: enforcement supervision where a government department demands.
enum class ExposureAuthority { civil_affairs, justice };

constexpr auto words_of(ExposureAuthority) {
    using enum ExposureAuthority;
    return std::to_array<Word<ExposureAuthority>>({{civil_affairs, "civil_affairs"}, {justice, "justice"}});
}

constexpr ExposureAuthority authority_over(OrganisationKind unit) {
    return unit == OrganisationKind::government ? ExposureAuthority::justice
                                                : ExposureAuthority::civil_affairs;
}

enum class ScreeningResult {
    on_list,
    outside_list,  ///< neither law nor any list has it
    circular,
    repeated,  ///< what the person has shown already, or sharing would give
    third_party_cannot_know,
    exception,  ///< the list leaves this business out
    lawful,     ///< a law or regulation demands it
    no_demand   ///< it was not demanded, or not as a condition
};

constexpr auto words_of(ScreeningResult) {
    using enum ScreeningResult;
    return std::to_array<Word<ScreeningResult>>({{on_list, "on_list"},
                                                 {outside_list, "outside_list"},
                                                 {circular, "circular"},
                                                 {repeated, "repeated"},
                                                 {third_party_cannot_know, "third_party_cannot_know"},
                                                 {exception, "exception"},
                                                 {lawful, "lawful"},
                                                 {no_demand, "no_demand"}});
}

constexpr bool blames(ScreeningResult result) {
    using enum ScreeningResult;
    return result != exception && result != lawful && result != no_demand;
}

/// Who tied the demanded proof to an item of the catalogue.
enum class MatchedBy { search, person };

constexpr auto words_of(MatchedBy) {
    using enum MatchedBy;
    return std::to_array<Word<MatchedBy>>({{search, "search"}, {person, "person"}});
}

/// How far an exposure reaches.
enum class ExposureLevel {
    internal,  ///< 内部通报: the unit and those above it
    open       ///< 公开曝光: everybody
};

constexpr auto words_of(ExposureLevel) {
    using enum ExposureLevel;
    return std::to_array<Word<ExposureLevel>>({{internal, "internal"}, {open, "public"}});
}

/// What somebody decides about a screening.
enum class ScreeningOutcome { ask_unit, explain, call_meeting, return_screening };

constexpr auto words_of(ScreeningOutcome) {
    using enum ScreeningOutcome;
    return std::to_array<Word<ScreeningOutcome>>({{ask_unit, "ask_unit"},
                                                  {explain, "explain"},
                                                  {call_meeting, "call_meeting"},
                                                  {return_screening, "return_screening"}});
}

/// The credit code of a unit that may not work with this system; whose check character is wrong is taken too,
/// since registers hold such codes.
std::string checked_uscc(Fields& fields, std::string_view name, std::string const& text);
std::optional<std::string> optional_uscc(Fields& fields, std::string_view name);

/// A file that comes with a report; at most three of half a megabyte.
struct ReportFile {
    std::string name;
    std::string content_type;
    Bytes bytes;
};

/// A report as it comes in. What may tell of a person is in `said`, which is kept sealed.
struct ExposureReportDraft {
    ReportSource source;
    std::string region;  ///< where it was demanded (GB/T 2260)
    std::string unit_name;
    std::optional<std::string> unit_uscc{};
    OrganisationKind unit_kind;
    DemandKind demand;
    Date asked_on;
    std::string proof_name;  ///< as it was said
    std::string purpose;     ///< of the business for which it was demanded
    std::optional<std::string> statement{};
    std::optional<std::string> claimed_basis{};
    std::optional<std::string> contact{};
    bool anonymous = true;  ///< towards the unit
    std::vector<ReportFile> files{};

    static ExposureReportDraft read(Fields& fields);
    /// What is kept sealed.
    [[nodiscard]] Json said() const;
};

/// Which item of the catalogue the demanded proof is, as a person sees it.
struct MatchCorrection {
    std::optional<std::string> item;  ///< nothing: it is none
    std::string why;

    static MatchCorrection read(Fields& fields);
};

/// Whether the business is one that the list leaves out.
struct ExceptionCheck {
    std::string code;  ///< of the item's exceptions
    bool applies;
    std::string why;
};

struct Screening {
    ScreeningResult result;
    std::string reasons;
    std::string proof_label;  ///< what the proof is called in papers, without a word about a person
    std::optional<std::string> claimed_basis{};
    std::vector<ExceptionCheck> exceptions{};

    static Screening read(Fields& fields);
    [[nodiscard]] Json said() const;
};

/// Refuses a screening of a demand for that item in which an exception of the item was not looked at, or
/// which contradicts itself: blames where one applies, or names none where it rests on one. `item`: null for
/// a proof that is on no list. Where demands go in a circle an exception may apply to one of them.
Outcome<void> check_exceptions(Screening const& screening, ProofItem const* item);

struct ScreeningDecision {
    ScreeningOutcome outcome;
    std::string reasons;
    std::optional<std::string> number{};     ///< of the letter to the unit; exactly with ask_unit
    bool special = false;                    ///< the longer period of special cases; only with ask_unit
    std::vector<std::string> authorities{};  ///< exactly with call_meeting: who disagree
    std::optional<std::string> question{};   ///< the same: about what
    std::optional<std::string> lead_uscc{};  ///< may be there: the authority that leads from now on

    static ScreeningDecision read(Fields& fields);
    [[nodiscard]] Json said() const;
};

/// What a joint meeting came to.
struct MeetingOutcome {
    Date held_on;
    std::string resolution;  ///< who does what, so that nobody walks in a circle
    EvidenceId minutes;

    static MeetingOutcome read(Fields& fields);
};

/// The unit's answer, by itself or recorded from paper.
struct UnitAnswer {
    bool admitted;
    std::string statement;
    std::optional<std::string> claimed_basis{};

    static UnitAnswer read(Fields& fields);
};

/// Whether the answer holds. Without one the order follows the end of its period.
struct AnswerDecision {
    bool justified;
    std::string reasons;
    std::optional<std::string> number{};    ///< of the order; exactly where it does not hold
    std::optional<std::string> measures{};  ///< what is to be set right; the same

    static AnswerDecision read(Fields& fields);
};

struct CorrectionReport {
    std::string statement;
    EvidenceId evidence;

    static CorrectionReport read(Fields& fields);
};

/// How somebody who reported it got their matter done.
struct HelpGiven {
    ExposureReportId report;
    std::string how;

    static HelpGiven read(Fields& fields);
};

struct CorrectionDecision {
    bool accepted;
    std::string reasons;

    static CorrectionDecision read(Fields& fields);
};

struct ExposureProposal {
    ExposureLevel level;
    std::string reasons;

    static ExposureProposal read(Fields& fields);
};

struct LegalCheck {
    bool agreed;
    std::string opinion;

    static LegalCheck read(Fields& fields);
};

struct ExposureDecision {
    bool agreed;
    std::string reasons;
    std::optional<std::string> number{};  ///< of the notice; exactly where it is agreed

    static ExposureDecision read(Fields& fields);
};

struct UnitAppeal {
    std::string statement;

    static UnitAppeal read(Fields& fields);
};

struct AppealDecision {
    bool upheld;
    std::string reasons;
    std::string number;

    static AppealDecision read(Fields& fields);
};

/// The code with which somebody follows what they reported.
struct CaseCodeQuestion {
    std::string code;

    static CaseCodeQuestion read(Fields& fields);
};

struct AuthorityDraft {
    ExposureAuthority authority;
    std::string uscc;

    static AuthorityDraft read(Fields& fields);
};

/// A slip with which a committee refuses a proof. It names no resident.
struct RefusalSlipDraft {
    std::string proof_name;
    std::string unit_name;
    std::string purpose;
    std::optional<std::string> unit_uscc{};
    std::optional<OrganisationKind> unit_kind{};  ///< there: a report about the unit is made with the slip

    static RefusalSlipDraft read(Fields& fields);
};

/// The item that a name most likely means where that list counts, with its score; nothing: none.
std::optional<Catalogue::Hit> match_proof(Catalogue const& catalogue, std::string_view name,
                                          std::string_view region, Date on);

/// One unit as reports name it: its code, or its name in the form of a search with the region.
std::string unit_key(std::optional<std::string> const& uscc, std::string_view name, std::string_view region);

}  // namespace sponsio::domain

#pragma once

#include "server/domain/finding.hpp"
#include "server/domain/hearing.hpp"
#include "server/domain/listing_lifecycle.hpp"

#include <optional>
#include <string>
#include <vector>

/// What is said at the steps of a case of the serious list, what may be a ground of it, and its papers
/// (docs/law.md H).
namespace sponsio::domain {

/// What the act must have done for a list to be set up for it; which of them a place knows, its rule
/// `serious.grounds` says.
enum class ListingGround {
    health_and_safety,       ///< it gravely endangers the health or life of others
    market_order,            ///< it gravely breaks the order of market or society
    duties_refused,          ///< a duty by law, which the party could perform, was refused
    national_defence,        ///< a duty of national defence was refused
    state_examinations,      ///< deceit in an examination of the state
    open_commitment_broken,  ///< a business broke a public commitment, with grave consequences
    forged_papers            ///< licence, award, payment or insurance gained by forged papers
};
/// Of which rank the provision is that sets the list up; which ranks suffice, `serious.levels` says.
enum class LawLevel {
    law,
    administrative_regulation,
    central_policy,  ///< a document of the Central Committee or the State Council
    local_regulation,
    department_rule,
    other_document
};
/// Who answers for an organisation that is listed, where the place wants it named.
enum class ResponsibleRole { legal_representative, actual_controller };

constexpr auto words_of(ListingGround) {
    using enum ListingGround;
    return std::to_array<Word<ListingGround>>({{health_and_safety, "health_and_safety"},
                                               {market_order, "market_order"},
                                               {duties_refused, "duties_refused"},
                                               {national_defence, "national_defence"},
                                               {state_examinations, "state_examinations"},
                                               {open_commitment_broken, "open_commitment_broken"},
                                               {forged_papers, "forged_papers"}});
}

constexpr auto words_of(LawLevel) {
    using enum LawLevel;
    return std::to_array<Word<LawLevel>>({{law, "law"},
                                          {administrative_regulation, "administrative_regulation"},
                                          {central_policy, "central_policy"},
                                          {local_regulation, "local_regulation"},
                                          {department_rule, "department_rule"},
                                          {other_document, "other_document"}});
}

constexpr auto words_of(ResponsibleRole) {
    using enum ResponsibleRole;
    return std::to_array<Word<ResponsibleRole>>(
        {{legal_representative, "legal_representative"}, {actual_controller, "actual_controller"}});
}

/// The provision that sets up a list for such an act.
struct ListingBasis {
    LawLevel level;
    std::string law;
    std::string article;
};

struct Responsible {
    ResponsibleRole role;
    std::string name;
};

struct ListingDraft {
    RecordId record;
    ListingGround ground;
    std::vector<ListingBasis> basis;
    std::string reason;                         ///< why the act is one of that ground
    std::optional<std::string> measures;        ///< that a listing brings
    std::vector<Responsible> responsible = {};  ///< of an organisation

    static ListingDraft read(Fields& fields);
    /// What is kept sealed of it, and back.
    [[nodiscard]] Json said() const;
    static ListingDraft from_said(RecordId record, ListingGround ground, Json const& said);
};

/// What the finding behind the record says of the act.
struct ListedAct {
    FindingKind kind;
    Culpability culpability;
    Severity severity;
    std::optional<Harm> harm;
    bool natural_person;
};

/// Why the act is none of that ground; nothing if it may be.
std::optional<Bilingual> unlike(ListedAct const& act, ListingGround ground);

/// What a legal reviewer says of the basis.
struct BasisCheck {
    bool confirmed;
    std::string opinion;

    static BasisCheck read(Fields& fields);
};

/// What the party says to the prior notice, as an official records it with the signed paper.
enum class ListingStatementKind { statement, waiver, hearing_request, hearing_withdrawal };

constexpr auto words_of(ListingStatementKind) {
    using enum ListingStatementKind;
    return std::to_array<Word<ListingStatementKind>>({{statement, "statement"},
                                                      {waiver, "waiver"},
                                                      {hearing_request, "hearing_request"},
                                                      {hearing_withdrawal, "hearing_withdrawal"}});
}

struct ListingStatement {
    ListingStatementKind kind;
    std::string text;
    EvidenceId paper;

    static ListingStatement read(Fields& fields);
};

struct ListingDecision {
    bool listed;  ///< false: nobody is listed, and the case ends
    std::string number;
    std::string reasons;
    std::string defence_answer;
    std::string hearing_answer;
    std::optional<Date> serve_by{};  ///< as in a prior notice
    std::optional<std::string> reconsideration_body{};
    std::optional<std::string> court{};

    static ListingDecision read(Fields& fields);
};

/// That a listing does not stand, by whose paper and why.
struct ListingRevocation {
    std::string why;
    std::string number;

    static ListingRevocation read(Fields& fields);
};

// ------------------------------------------------------------------------------------------------- papers
/// The facts that all papers of the case state.
struct ListingText {
    CaseText about;
    std::string finding_decision;  ///< number of the decision behind the record
    ListingDraft draft;
};

/// 列入严重失信主体名单事先告知书
Bilingual compose_listing_notice(ListingText const& text, PriorNotice const& notice,
                                 StatedPeriod const& defence, std::optional<StatedPeriod> const& hearing);
/// 列入严重失信主体名单决定书: `until` is the last day of the listing.
Bilingual compose_listing_decision(ListingText const& text, ListingDecision const& decision, Date until,
                                   RemediesText const& remedies);
/// 不予列入严重失信主体名单决定书
Bilingual compose_listing_dismissal(ListingText const& text, ListingDecision const& decision);
/// 移出严重失信主体名单决定书
Bilingual compose_listing_removal(ListingText const& text, ListingRevocation const& why);

}  // namespace sponsio::domain

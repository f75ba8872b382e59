#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/matter.hpp"
#include "server/domain/stated_period.hpp"

#include <optional>
#include <string>
#include <vector>

/// A finding of an unkept or false promise and the documents of its due process (docs/law.md D, E).
namespace sponsio::domain {

enum class FindingKind { untrue_by_mistake, unfulfilled, false_statement };
enum class Culpability { none, negligent, intentional };
enum class Severity { minor, general, serious };
enum class EvidenceKind {
    documentary,
    physical,
    audiovisual,
    electronic_data,
    witness_testimony,
    party_statement,
    expert_opinion,
    inspection_record
};
/// Ways to serve a paper (Civil Procedure Law art. 87-95). The day of service is, in their order: that of the
/// signature; that on which it was left, with a witness or on film; that on the postal receipt; that on which
/// it reached the system that the party named; that on which the public notice ends.
enum class ServiceMethod { in_person, left, mail, electronic_with_consent, public_notice };
/// What shows that a refused paper was left (留置送达).
enum class LeftProof { witness, film };
enum class Harm { none, slight, grave };
/// What a finding may bring, in the words of the rules `next_step.*`.
enum class Measure { end_handling, suspend, revoke, penalise, measures, record };

constexpr auto words_of(FindingKind) {
    using enum FindingKind;
    return std::to_array<Word<FindingKind>>({{untrue_by_mistake, "untrue_by_mistake"},
                                             {unfulfilled, "unfulfilled"},
                                             {false_statement, "false_statement"}});
}

constexpr auto words_of(Culpability) {
    using enum Culpability;
    return std::to_array<Word<Culpability>>(
        {{none, "none"}, {negligent, "negligent"}, {intentional, "intentional"}});
}

constexpr auto words_of(Severity) {
    using enum Severity;
    return std::to_array<Word<Severity>>({{minor, "minor"}, {general, "general"}, {serious, "serious"}});
}

constexpr auto words_of(EvidenceKind) {
    using enum EvidenceKind;
    return std::to_array<Word<EvidenceKind>>({{documentary, "documentary"},
                                              {physical, "physical"},
                                              {audiovisual, "audiovisual"},
                                              {electronic_data, "electronic_data"},
                                              {witness_testimony, "witness_testimony"},
                                              {party_statement, "party_statement"},
                                              {expert_opinion, "expert_opinion"},
                                              {inspection_record, "inspection_record"}});
}

constexpr auto words_of(ServiceMethod) {
    using enum ServiceMethod;
    return std::to_array<Word<ServiceMethod>>({{in_person, "in_person"},
                                               {left, "left"},
                                               {mail, "mail"},
                                               {electronic_with_consent, "electronic_with_consent"},
                                               {public_notice, "public_notice"}});
}

constexpr auto words_of(LeftProof) {
    using enum LeftProof;
    return std::to_array<Word<LeftProof>>({{witness, "witness"}, {film, "film"}});
}

constexpr auto words_of(Harm) {
    using enum Harm;
    return std::to_array<Word<Harm>>({{none, "none"}, {slight, "slight"}, {grave, "grave"}});
}

constexpr auto words_of(Measure) {
    using enum Measure;
    return std::to_array<Word<Measure>>({{end_handling, "end_handling"},
                                         {suspend, "suspend"},
                                         {revoke, "revoke"},
                                         {penalise, "penalise"},
                                         {measures, "measures"},
                                         {record, "record"}});
}

/// What weighs in favour of the party or against them (Administrative Penalty Law art. 33). What is not said
/// is not known, and nothing follows from it.
struct Circumstances {
    std::optional<Harm> harm{};
    std::optional<bool> first_time{};
    std::optional<bool> corrected{};  ///< in time, by the party
    std::vector<Measure> measures{};  ///< that are proposed; empty: not said

    static Circumstances read(Fields& fields);
    static Circumstances from_json(Json const& sealed_part);
    /// Adds to the sealed part of a draft what is said.
    void add_to(JsonObject& sealed_part) const;
    [[nodiscard]] bool proposes(Measure measure) const;
};

struct FindingDraft {
    TaskId task;
    FindingKind kind;
    Culpability culpability;
    Severity severity;
    std::string facts;
    std::vector<EvidenceId> evidence;
    std::vector<LegalBasis> legal_basis;
    std::string proposed_action;
    Circumstances circumstances{};

    static FindingDraft read(Fields& fields);
    /// The part that is sealed with the finding: facts, basis, proposed action, circumstances, and how grave
    /// it is proposed to be, since a decision may find it lighter.
    [[nodiscard]] Json sealed_part() const;
};

/// A returned draft as it is to be from now on; `draft.task` stays that of the finding.
struct FindingAmendment {
    FindingDraft draft;

    static FindingAmendment read(Fields& fields);
};

/// The sealed part, decrypted.
struct FindingText {
    std::string facts;
    std::vector<LegalBasis> legal_basis;
    std::string proposed_action;
    Circumstances circumstances{};

    static FindingText from_json(Json const& stored);
};

/// What a reviewer says of a draft: that it goes on, that it is to be amended, or that nothing is
/// established.
enum class ReviewOutcome { confirmed, returned, dismissed };

constexpr auto words_of(ReviewOutcome) {
    using enum ReviewOutcome;
    return std::to_array<Word<ReviewOutcome>>(
        {{confirmed, "confirmed"}, {returned, "returned"}, {dismissed, "dismissed"}});
}

struct Review {
    ReviewOutcome outcome;
    std::string opinion;   ///< the reasons, if it is returned or dismissed
    std::string number{};  ///< of the paper of a dismissal; empty otherwise

    static Review read(Fields& fields);
};

/// The service of a document on its addressee (送达), with the proof of service.
struct Service {
    Instant served_at;
    ServiceMethod method;
    std::string receipt;                  ///< what the receipt says
    std::optional<std::string> digest{};  ///< SHA-256 of the paper that was served, in lower-case hexadecimal
    EvidenceId evidence{Uuid{}};          ///< the receipt itself, among the finding's files
    std::optional<std::string> late_reason{};  ///< why it is recorded only now
    std::optional<LeftProof> left_proof{};     ///< exactly where it was left
    std::optional<EvidenceId> consent{};       ///< the signed consent to be served electronically

    static Service read(Fields& fields);
};

/// What a prior notice says beside the finding itself.
struct PriorNotice {
    std::string number;
    std::string place;    ///< where the party states their case
    std::string contact;  ///< who takes it: name or office, and telephone
    /// The last day on which it is to be served; nothing: today. The last day of the period that the paper
    /// names is that of a service on this day.
    std::optional<Date> serve_by{};

    static PriorNotice read(Fields& fields);
};

/// What a party says to a prior notice.
enum class DefenceKind { statement, waiver };
/// What a decision says of a finding: that it is a breach, or that it is dismissed and no record follows.
enum class DecisionOutcome { breach, dismissed };

constexpr auto words_of(DefenceKind) {
    using enum DefenceKind;
    return std::to_array<Word<DefenceKind>>({{statement, "statement"}, {waiver, "waiver"}});
}

constexpr auto words_of(DecisionOutcome) {
    using enum DecisionOutcome;
    return std::to_array<Word<DecisionOutcome>>({{breach, "breach"}, {dismissed, "dismissed"}});
}

struct Defence {
    bool waived;
    std::string text;
    std::optional<EvidenceId> evidence{};  ///< the signed waiver, among the finding's files; only of a waiver
    std::optional<std::string> new_facts{};  ///< that somebody has to look at before the decision

    static Defence read(Fields& fields);
};

/// What a finding says the party did, and how grave it is.
struct Gravity {
    FindingKind kind;
    Culpability culpability;
    Severity severity;

    friend bool operator==(Gravity const&, Gravity const&) = default;
    /// Whether it is graver than that in anything.
    [[nodiscard]] bool heavier_than(Gravity const& other) const;
};

struct Decision {
    bool breach;  ///< false: the finding is dismissed and no record follows
    std::string number;
    std::string reasons;
    std::string defence_answer;
    std::optional<Date> serve_by{};                     ///< as in a prior notice
    std::optional<std::string> reconsideration_body{};  ///< to whom the party applies; nothing: by law
    std::optional<std::string> court{};                 ///< where the party sues; nothing: by law
    std::string hearing_answer{};                       ///< to what the hearing brought
    /// Where the decision differs from what was proposed; never graver (Administrative Penalty Law art. 45).
    std::optional<FindingKind> kind{};
    std::optional<Culpability> culpability{};
    std::optional<Severity> severity{};
    std::optional<std::string> action{};

    static Decision read(Fields& fields);
};

/// The facts of the case that all documents state.
struct CaseText {
    std::string agency;
    std::string number;
    std::string committer;
    Bilingual matter;
    std::string commitment_code;
    FindingText finding;
    Date made_on;  ///< the day of the paper
};

/// How the party gets to its own case on line (docs/residents.md).
struct CaseDoor {
    std::string address;  ///< where the window is; empty: it is asked for at the unit
    std::string code;     ///< printed here and kept nowhere
};

/// The prior notice: facts, reasons, basis and proposed action, and the right to statement and defence with
/// its way, place and last day (Administrative Penalty Law art. 44-45; docs/verification-and-findings.md).
/// `hearing`: the period to ask for one, where the place gives that right (art. 63).
Bilingual compose_prior_notice(CaseText const& about, PriorNotice const& notice, StatedPeriod const& defence,
                               CaseDoor const& door, std::optional<StatedPeriod> const& hearing = {});
/// The decision with its reasons, the answer to the defence, and the remedies with their periods
/// (Administrative Penalty Law art. 59).
Bilingual compose_decision(CaseText const& about, Decision const& decision,
                           StatedPeriod const& reconsideration, StatedPeriod const& litigation);
/// The decision that no breach is established, with the reasons and the answer to the defence. It burdens
/// nobody, so it names no remedies. `notified`: the party was served a prior notice before.
Bilingual compose_dismissal(CaseText const& about, Decision const& decision, bool notified);

}  // namespace sponsio::domain

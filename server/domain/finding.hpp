#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/matter.hpp"

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
enum class ServiceMethod { in_person, mail, electronic_with_consent, public_notice };

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
                                               {mail, "mail"},
                                               {electronic_with_consent, "electronic_with_consent"},
                                               {public_notice, "public_notice"}});
}

struct FindingDraft {
    TaskId task;
    FindingKind kind;
    Culpability culpability;
    Severity severity;
    std::string facts;
    std::vector<EvidenceId> evidence;
    std::vector<LegalBasis> legal_basis;
    std::string proposed_action;

    static FindingDraft read(Fields& fields);
    /// The part that is sealed with the finding: facts, basis, proposed action.
    [[nodiscard]] Json sealed_part() const;
};

/// The sealed part, decrypted.
struct FindingText {
    std::string facts;
    std::vector<LegalBasis> legal_basis;
    std::string proposed_action;

    static FindingText from_json(Json const& stored);
};

struct Review {
    bool confirmed;
    std::string opinion;

    static Review read(Fields& fields);
};

/// The service of a document on its addressee (送达), with the proof of service.
struct Service {
    Instant served_at;
    ServiceMethod method;
    std::string receipt;

    static Service read(Fields& fields);
};

struct PriorNotice {
    std::string number;
    Service service;

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

    static Defence read(Fields& fields);
};

struct Decision {
    bool breach;  ///< false: the finding is dismissed and no record follows
    std::string number;
    std::string reasons;
    std::string defence_answer;

    static Decision read(Fields& fields);
};

/// The facts of the case that all documents state.
struct CaseText {
    std::string agency;
    std::string number;
    std::string committer;
    std::string matter;
    std::string commitment_code;
    FindingText finding;
};

/// The prior notice: facts, reasons, basis and proposed action, and the right to statement and defence
/// (Administrative Penalty Law art. 44-45).
Bilingual compose_prior_notice(CaseText const& about, int defence_days);
/// The decision with its reasons, the answer to the defence, and the remedies with their periods.
Bilingual compose_decision(CaseText const& about, Decision const& decision, int reconsideration_days,
                           int litigation_months);
/// The decision that no breach is established, with the reasons and the answer to the defence. It burdens
/// nobody, so it names no remedies.
Bilingual compose_dismissal(CaseText const& about, Decision const& decision);

}  // namespace sponsio::domain

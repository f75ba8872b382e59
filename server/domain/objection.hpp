#pragma once

#include "crypto/digest.hpp"
#include "server/domain/assent.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/matter.hpp"
#include "server/domain/person_id.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio {

using ObjectionId = Id<struct ObjectionTag>;

}  // namespace sponsio

/// The objection to a credit record (异议申诉): marked at once, looked into by the identifying unit, answered
/// by another person with reasons, and reviewed where the place has that (docs/law.md, Objection).
namespace sponsio::domain {

/// What is wrong with the record, in the words of who objects.
enum class ObjectionGround { fact_wrong, wording_wrong, missing, overdue, wrong_person };

constexpr auto words_of(ObjectionGround) {
    using enum ObjectionGround;
    return std::to_array<Word<ObjectionGround>>({{fact_wrong, "fact_wrong"},
                                                 {wording_wrong, "wording_wrong"},
                                                 {missing, "missing"},
                                                 {overdue, "overdue"},
                                                 {wrong_person, "wrong_person"}});
}

/// Where it came in: at the unit's own counter, or at the sharing platform, which forwarded it.
enum class ObjectionChannel {
    counter,
    platform,
    window  ///< the subject filed it
};

constexpr auto words_of(ObjectionChannel) {
    using enum ObjectionChannel;
    return std::to_array<Word<ObjectionChannel>>(
        {{counter, "counter"}, {platform, "platform"}, {window, "window"}});
}

enum class ObjectionOutcome {
    correct,  ///< the record is withdrawn, and a corrected one takes its place
    add,      ///< what was missing is reported beside the record, which stands
    erase,    ///< the record should never have been: it is withdrawn
    end,      ///< its time is over: it is withdrawn, or only what is public of it ends
    keep      ///< the record stands
};

constexpr auto words_of(ObjectionOutcome) {
    using enum ObjectionOutcome;
    return std::to_array<Word<ObjectionOutcome>>(
        {{correct, "correct"}, {add, "add"}, {erase, "delete"}, {end, "end"}, {keep, "keep"}});
}

enum class ObjectionState { filed, proposed, decided, under_review, reviewed, withdrawn };
enum class ObjectionEvent {
    propose,
    return_proposal,
    decide,
    extend,
    seek_review,
    uphold_review,
    overturn_review,
    withdraw
};

constexpr auto words_of(ObjectionState) {
    using enum ObjectionState;
    return std::to_array<Word<ObjectionState>>({{filed, "filed"},
                                                {proposed, "proposed"},
                                                {decided, "decided"},
                                                {under_review, "under_review"},
                                                {reviewed, "reviewed"},
                                                {withdrawn, "withdrawn"}});
}

constexpr auto words_of(ObjectionEvent) {
    using enum ObjectionEvent;
    return std::to_array<Word<ObjectionEvent>>({{propose, "propose"},
                                                {return_proposal, "return_proposal"},
                                                {decide, "decide"},
                                                {extend, "extend"},
                                                {seek_review, "seek_review"},
                                                {uphold_review, "uphold_review"},
                                                {overturn_review, "overturn_review"},
                                                {withdraw, "withdraw"}});
}

struct ObjectionFacts {
    PersonId actor;
    bool known = true;  ///< it was entered who the actor is
    Instant now;
    std::optional<Instant> due{};  ///< the first instant after the unit's period
    bool paper_missing = false;    ///< the image of the signed objection is not here
    bool extended = false;
    bool extendable = false;             ///< the place lets the head extend the period
    bool reviewable = false;             ///< the place has a review of the answer
    bool stands = true;                  ///< the record was not withdrawn
    std::optional<PersonId> filed_by{};  ///< the official who recorded it; nobody where the subject filed it
    std::optional<PersonId> proposed_by{};
    std::vector<PersonId> found_by{};  ///< who drafted, reviewed and decided the finding
};

using ObjectionLifecycle = Lifecycle<ObjectionState, ObjectionEvent, ObjectionFacts>;
extern ObjectionLifecycle const objection_lifecycle;

/// An objection as it comes in. At the counter it has the check of identity and the digest of the signed
/// paper, from the platform its number there and the day on which it came in there.
struct ObjectionDraft {
    RecordId record;
    ObjectionGround ground;
    std::string statement;
    std::optional<IdentityCheck> identity_check{};
    std::optional<crypto::Digest> paper{};  ///< SHA-256 of the image of the signed objection
    std::optional<std::string> platform_reference{};
    std::optional<Date> received_on{};

    [[nodiscard]] ObjectionChannel channel() const {
        return platform_reference ? ObjectionChannel::platform : ObjectionChannel::counter;
    }

    static ObjectionDraft read(Fields& fields);
};

/// What a decision corrects in the facts that the record is made of.
struct RecordCorrection {
    std::optional<std::string> subject_name{};
    std::vector<LegalBasis> legal_basis{};  ///< empty: stays

    static RecordCorrection read(Fields& fields);
    static RecordCorrection from_json(Json const& stored);
    [[nodiscard]] Json to_json() const;
};

struct ObjectionProposal {
    ObjectionOutcome outcome;
    std::string reasons;
    std::optional<RecordCorrection> correction{};  ///< exactly with `correct`
    std::optional<std::string> supplement{};       ///< exactly with `add`: as remarks of the report

    static ObjectionProposal read(Fields& fields);
    static ObjectionProposal from_json(Json const& stored);
    [[nodiscard]] Json to_json() const;
};

/// What another person says to a proposal: that it is the answer, or that it is to be looked into again.
struct ObjectionDecision {
    bool agreed;
    std::string reasons;
    std::optional<std::string> number{};  ///< of the answer; exactly where it is agreed

    static ObjectionDecision read(Fields& fields);
};

/// What the subject itself objects to.
struct OwnObjection {
    ObjectionGround ground;
    std::string statement;

    static OwnObjection read(Fields& fields);
};

/// A step that needs no more than its reason.
struct StepReason {
    std::string why;

    static StepReason read(Fields& fields);
};

/// Somebody who filed at the counter takes it back, or goes on, on a paper among the case's files.
struct PartyStep {
    std::string why;
    EvidenceId paper;

    static PartyStep read(Fields& fields);
};

/// What the body that reviewed an answer decided.
struct ReviewResult {
    bool upheld;
    std::string authority;
    std::string number;

    static ReviewResult read(Fields& fields);
};

/// The digest under that name: 64 lower-case hexadecimal digits; nothing if there is none.
std::optional<crypto::Digest> read_optional_digest(Fields& fields, std::string_view name);

}  // namespace sponsio::domain

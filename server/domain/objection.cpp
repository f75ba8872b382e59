#include "server/domain/objection.hpp"

#include "server/base/form.hpp"
#include "server/domain/second_person.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

using S = ObjectionState;
using E = ObjectionEvent;

constexpr Length long_text{.max = 4000};
constexpr Length number_text{.max = 100};

Outcome<void> may_propose(ObjectionFacts const& f) {
    if (!f.known) return unknown_person();
    if (f.paper_missing)
        return fault(
            problem::conflict,
            "The image of the signed objection is not here; add it first (addObjectionFile), the one with "
            "the digest that was given.",
            "异议申请签署件的影像尚未上传，请先行补充（addObjectionFile），其摘要应与登记时一致。");
    return {};
}

Outcome<void> another_answers(ObjectionFacts const& f) {
    if (!f.known) return unknown_person();
    if (f.proposed_by)
        if (auto other =
                second_person(f.actor, *f.proposed_by, "Who proposed the answer does not decide on it.",
                              "提出处理意见的人员不得自行决定。");
            !other)
            return other;
    if (!f.filed_by) return {};
    return second_person(f.actor, *f.filed_by, "Who recorded the objection does not decide on it.",
                         "受理登记异议的人员不得作出处理决定。");
}

Outcome<void> may_decide(ObjectionFacts const& f) {
    if (auto other = another_answers(f); !other) return other;
    for (PersonId const one : f.found_by)
        if (auto other = second_person(
                f.actor, one,
                "Who drafted, reviewed or decided the finding does not decide about an objection to it.",
                "起草、审核或者作出该认定的人员不得决定对其提出的异议。");
            !other)
            return other;
    return {};
}

Outcome<void> may_extend(ObjectionFacts const& f) {
    if (!f.extendable)
        return fault(problem::conflict,
                     "The rules of this place know no extension (objection.provider.extension).",
                     "本地规则未规定可以延长（objection.provider.extension）。");
    if (f.extended)
        return fault(problem::conflict, "The period was extended already; it is extended once.",
                     "处理期限已经延长，只能延长一次。");
    if (f.due && f.now >= *f.due)
        return fault(problem::too_late, "The period is over; it is extended before it ends.",
                     "处理期限已届满，应当在届满前延长。");
    return {};
}

Outcome<void> may_be_reviewed(ObjectionFacts const& f) {
    if (!f.reviewable)
        return fault(problem::conflict,
                     "The rules of this place know no review of the answer (objection.review).",
                     "本地规则未规定异议复核（objection.review）。");
    if (!f.stands)
        return fault(problem::conflict, "The record was withdrawn; there is nothing to review.",
                     "该记录已撤回，无可复核。");
    return {};
}

constexpr Guard<ObjectionFacts> paper{"paper here, person known", may_propose};
constexpr Guard<ObjectionFacts> another{"another person", another_answers};
constexpr Guard<ObjectionFacts> third{"another person, none of the finding's", may_decide};
constexpr Guard<ObjectionFacts> in_time{"place extends, once, in time", may_extend};
constexpr Guard<ObjectionFacts> review{"place reviews", may_be_reviewed};

constexpr ObjectionLifecycle::Row rows[] = {
    {S::filed, E::propose, S::proposed, paper},
    {S::filed, E::extend, S::filed, in_time},
    {S::filed, E::withdraw, S::withdrawn},
    {S::proposed, E::return_proposal, S::filed, another},
    {S::proposed, E::decide, S::decided, third},
    {S::proposed, E::extend, S::proposed, in_time},
    {S::proposed, E::withdraw, S::withdrawn},
    {S::decided, E::seek_review, S::under_review, review},
    {S::under_review, E::uphold_review, S::reviewed},
    // The answer is void, and the unit looks into it again; the mark stays.
    {S::under_review, E::overturn_review, S::filed},
};

std::vector<LegalBasis> read_basis(Fields& fields) {
    std::vector<LegalBasis> list;
    fields.objects("legal_basis", {.min = 1, .max = 20}, [&](Fields& basis) {
        list.push_back({basis.text("law", {.max = 200}), basis.text("article", {.max = 200})});
    });
    return list;
}

Json basis_json(std::vector<LegalBasis> const& list) {
    json::Array basis;
    for (LegalBasis const& row : list)
        basis.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    return basis;
}

}  // namespace

ObjectionLifecycle const objection_lifecycle{"objection", S::filed, rows};

std::optional<crypto::Digest> read_optional_digest(Fields& fields, std::string_view name) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return std::nullopt;
    crypto::Digest digest{};
    auto const bytes = from_hex(*text);
    if (bytes && bytes->size() == digest.size() && is_lower_hex(*text))
        std::ranges::copy(*bytes, digest.begin());
    else
        fields.refuse(name, reason::bad_format, form::hex);
    return digest;
}

ObjectionDraft ObjectionDraft::read(Fields& fields) {
    ObjectionDraft draft{.record = fields.id<RecordId>("record_id"),
                         .ground = fields.choice<ObjectionGround>("ground"),
                         .statement = fields.text("statement", long_text)};
    if (auto const check = fields.optional_text("identity_check", {.max = 64})) {
        draft.identity_check = from_word<IdentityCheck>(*check);
        if (!draft.identity_check)
            fields.refuse("identity_check", reason::unknown_value, {.words = allowed_words<IdentityCheck>()});
    }
    draft.paper = read_optional_digest(fields, "paper_sha256");
    draft.platform_reference = fields.optional_text("platform_reference", {.max = 64});
    draft.received_on = fields.optional_date("received_on");
    return draft;
}

RecordCorrection RecordCorrection::read(Fields& fields) {
    RecordCorrection correction;
    correction.subject_name = fields.optional_text("subject_name", {.max = 200});
    if (!correction.subject_name) correction.legal_basis = read_basis(fields);
    return correction;
}

RecordCorrection RecordCorrection::from_json(Json const& stored) {
    RecordCorrection correction;
    if (Json const* name = stored.find("subject_name"); name && name->is_string())
        correction.subject_name = name->as_string();
    if (Json const* basis = stored.find("legal_basis"))
        for (Json const& row : basis->as_array())
            correction.legal_basis.push_back({row.at("law").as_string(), row.at("article").as_string()});
    return correction;
}

Json RecordCorrection::to_json() const {
    JsonObject json;
    if (subject_name) json.add("subject_name", *subject_name);
    if (!legal_basis.empty()) json.add("legal_basis", basis_json(legal_basis));
    return json;
}

ObjectionProposal ObjectionProposal::read(Fields& fields) {
    ObjectionProposal proposal{.outcome = fields.choice<ObjectionOutcome>("outcome"),
                               .reasons = fields.text("reasons", long_text)};
    fields.optional_object("correction",
                           [&](Fields& part) { proposal.correction = RecordCorrection::read(part); });
    proposal.supplement = fields.optional_text("supplement", {.max = 512});
    auto const exactly = [&](char const* name, bool there, ObjectionOutcome wanted, Form const& form) {
        if (there && proposal.outcome != wanted) fields.refuse(name, reason::not_allowed_here);
        if (!there && proposal.outcome == wanted) fields.refuse(name, reason::required, form);
    };
    exactly("correction", proposal.correction.has_value(), ObjectionOutcome::correct, form::object);
    exactly("supplement", proposal.supplement.has_value(), ObjectionOutcome::add, form::text);
    return proposal;
}

ObjectionProposal ObjectionProposal::from_json(Json const& stored) {
    ObjectionProposal proposal{
        .outcome = from_word<ObjectionOutcome>(stored.at("outcome").as_string()).value(),
        .reasons = stored.at("reasons").as_string()};
    if (Json const* part = stored.find("correction"))
        proposal.correction = RecordCorrection::from_json(*part);
    if (Json const* part = stored.find("supplement")) proposal.supplement = part->as_string();
    return proposal;
}

Json ObjectionProposal::to_json() const {
    JsonObject json{{"outcome", word(outcome)}, {"reasons", reasons}};
    if (correction) json.add("correction", correction->to_json());
    if (supplement) json.add("supplement", *supplement);
    return json;
}

ObjectionDecision ObjectionDecision::read(Fields& fields) {
    ObjectionDecision decision{.agreed = fields.boolean("agreed"),
                               .reasons = fields.text("reasons", long_text),
                               .number = fields.optional_text("number", number_text)};
    if (decision.agreed && !decision.number) fields.refuse("number", reason::required, form::text);
    if (!decision.agreed && decision.number) fields.refuse("number", reason::not_allowed_here);
    return decision;
}

OwnObjection OwnObjection::read(Fields& fields) {
    return {fields.choice<ObjectionGround>("ground"), fields.text("statement", long_text)};
}

StepReason StepReason::read(Fields& fields) {
    return {fields.text("why", long_text)};
}

PartyStep PartyStep::read(Fields& fields) {
    return {fields.text("why", long_text), fields.id<EvidenceId>("evidence_id")};
}

ReviewResult ReviewResult::read(Fields& fields) {
    return {fields.boolean("upheld"), fields.text("authority", {.max = 200}),
            fields.text("number", number_text)};
}

}  // namespace sponsio::domain

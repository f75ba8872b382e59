#include "server/domain/listing.hpp"

#include "server/base/form.hpp"

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 4000};
constexpr Length number_text{.max = 128};
constexpr Length name_text{.max = 200};

}  // namespace

ListingDraft ListingDraft::read(Fields& fields) {
    ListingDraft draft{.record = fields.id<RecordId>("record_id"),
                       .ground = fields.choice<ListingGround>("ground"),
                       .basis = {},
                       .reason = fields.text("reason", long_text),
                       .measures = fields.optional_text("measures", long_text)};
    fields.objects("legal_basis", {.min = 1, .max = 20}, [&](Fields& one) {
        draft.basis.push_back(
            {one.choice<LawLevel>("level"), one.text("law", name_text), one.text("article", name_text)});
    });
    fields.objects("responsible", {.min = 0, .max = 20}, [&](Fields& one) {
        draft.responsible.push_back({one.choice<ResponsibleRole>("role"), one.text("name", name_text)});
    });
    return draft;
}

Json ListingDraft::said() const {
    json::Array laws, people;
    for (ListingBasis const& one : basis)
        laws.push_back(JsonObject{{"level", word(one.level)}, {"law", one.law}, {"article", one.article}});
    for (Responsible const& one : responsible)
        people.push_back(JsonObject{{"role", word(one.role)}, {"name", one.name}});
    return JsonObject{{"legal_basis", std::move(laws)},
                      {"reason", reason},
                      {"measures", measures ? Json(*measures) : Json()},
                      {"responsible", std::move(people)}};
}

ListingDraft ListingDraft::from_said(RecordId record, ListingGround ground, Json const& said) {
    Json const& measures = said.at("measures");
    ListingDraft draft{.record = record,
                       .ground = ground,
                       .basis = {},
                       .reason = said.at("reason").as_string(),
                       .measures = measures.is_null() ? std::nullopt : std::optional(measures.as_string())};
    for (Json const& one : said.at("legal_basis").as_array())
        draft.basis.push_back(
            {from_word<LawLevel>(one.at("level").as_string()).value_or(LawLevel::other_document),
             one.at("law").as_string(), one.at("article").as_string()});
    for (Json const& one : said.at("responsible").as_array())
        draft.responsible.push_back({from_word<ResponsibleRole>(one.at("role").as_string())
                                         .value_or(ResponsibleRole::legal_representative),
                                     one.at("name").as_string()});
    return draft;
}

std::optional<Bilingual> unlike(ListedAct const& act, ListingGround ground) {
    if (act.severity != Severity::serious)
        return Bilingual{"Only what was found to be serious may be listed.",
                         "仅认定为严重失信的，方可列入严重失信主体名单。"};
    bool const grave = act.harm == Harm::grave;
    switch (ground) {
        case ListingGround::open_commitment_broken:
            if (act.natural_person)
                return Bilingual{"This ground is one of businesses, not of natural persons.",
                                 "该情形仅适用于市场主体，不适用于自然人。"};
            if (!grave)
                return Bilingual{"This ground needs grave consequences, which the finding does not state.",
                                 "该情形须造成严重后果，认定中未载明。"};
            return std::nullopt;
        case ListingGround::health_and_safety:
        case ListingGround::market_order:
            if (!grave)
                return Bilingual{"This ground needs grave harm, which the finding does not state.",
                                 "该情形须有严重危害，认定中未载明。"};
            return std::nullopt;
        case ListingGround::forged_papers:
        case ListingGround::state_examinations:
            if (act.kind != FindingKind::false_statement || act.culpability != Culpability::intentional)
                return Bilingual{"This ground needs a false statement made with intent.",
                                 "该情形须为故意作出的虚假承诺。"};
            return std::nullopt;
        case ListingGround::duties_refused:
        case ListingGround::national_defence:
            if (act.kind != FindingKind::unfulfilled || act.culpability != Culpability::intentional)
                return Bilingual{"This ground needs a duty that was refused with intent.",
                                 "该情形须为有能力履行而故意拒不履行。"};
            return std::nullopt;
    }
    return std::nullopt;
}

BasisCheck BasisCheck::read(Fields& fields) {
    return {fields.boolean("confirmed"), fields.text("opinion", long_text)};
}

ListingStatement ListingStatement::read(Fields& fields) {
    return {fields.choice<ListingStatementKind>("kind"), fields.text("text", {.max = 8000}),
            fields.id<EvidenceId>("evidence_id")};
}

ListingDecision ListingDecision::read(Fields& fields) {
    ListingDecision decision{
        .listed = fields.boolean("listed"),
        .number = fields.text("number", number_text),
        .reasons = fields.text("reasons", {.max = 8000}),
        .defence_answer = fields.optional_text("defence_answer", {.max = 8000}).value_or(""),
        .hearing_answer = fields.optional_text("hearing_answer", {.max = 8000}).value_or(""),
        .serve_by = fields.optional_date("serve_by"),
        .reconsideration_body = fields.optional_text("reconsideration_body", name_text),
        .court = fields.optional_text("court", name_text)};
    if (decision.listed) return decision;
    // Nobody is burdened, so there is nothing to seek a remedy against.
    if (decision.serve_by) fields.refuse("serve_by", reason::not_allowed_here);
    if (decision.reconsideration_body) fields.refuse("reconsideration_body", reason::not_allowed_here);
    if (decision.court) fields.refuse("court", reason::not_allowed_here);
    return decision;
}

ListingRevocation ListingRevocation::read(Fields& fields) {
    return {fields.text("why", long_text), fields.text("number", number_text)};
}

}  // namespace sponsio::domain

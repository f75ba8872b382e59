#include "server/domain/exposure.hpp"

#include "server/base/form.hpp"
#include "server/domain/fold.hpp"
#include "server/domain/region.hpp"
#include "server/domain/uscc.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 4000};
constexpr Length short_text{.max = 200};
constexpr Length number_text{.max = 100};
constexpr std::size_t file_bytes = std::size_t{512} << 10;
constexpr std::size_t file_text = (file_bytes + 2) / 3 * 4;

/// What must be there exactly in some case.
template <class T>
void exactly(Fields& fields, std::string_view name, std::optional<T> const& value, bool wanted) {
    if (value && !wanted) fields.refuse(name, reason::not_allowed_here);
    if (!value && wanted) fields.refuse(name, reason::required, form::text);
}

ReportFile read_file(Fields& fields) {
    ReportFile file{.name = fields.text("name", {.max = 255}),
                    .content_type = fields.text("content_type", {.max = 100}),
                    .bytes = {}};
    if (has_control_characters(file.name) || file.name.find_first_of("\n\r\t") != std::string::npos)
        fields.refuse("name", reason::bad_character, form::printable);
    bool const type = std::ranges::all_of(file.content_type, [](char c) { return c >= ' ' && c < 0x7f; }) &&
                      file.content_type.find('/') != std::string::npos;
    if (!type && !file.content_type.empty())
        fields.refuse("content_type", reason::bad_format, form::media_type);
    std::string const text = fields.text("content_base64", {.max = file_text});
    if (text.empty()) return file;
    if (auto bytes = from_base64(text))
        file.bytes = std::move(*bytes);
    else
        fields.refuse("content_base64", reason::bad_format, form::text);
    return file;
}

Json or_nothing(std::optional<std::string> const& text) {
    return text ? Json(*text) : Json();
}

Json list_of(std::vector<std::string> const& texts) {
    return json::Array(texts.begin(), texts.end());
}

}  // namespace

std::string checked_uscc(Fields& fields, std::string_view name, std::string const& text) {
    auto const code = Uscc::as_printed(text);
    if (code) return code->text();
    fields.refuse(name, reason::bad_format, form::uscc);
    return text;
}

std::optional<std::string> optional_uscc(Fields& fields, std::string_view name) {
    auto const text = fields.optional_text(name, {.max = 18});
    if (!text) return std::nullopt;
    return checked_uscc(fields, name, *text);
}

ExposureReportDraft ExposureReportDraft::read(Fields& fields) {
    ExposureReportDraft draft{.source = fields.choice<ReportSource>("source"),
                              .region = fields.text("region_code", {.min = 6, .max = 6}),
                              .unit_name = fields.text("unit_name", short_text),
                              .unit_uscc = optional_uscc(fields, "unit_uscc"),
                              .unit_kind = fields.choice<OrganisationKind>("unit_kind"),
                              .demand = fields.choice<DemandKind>("demand"),
                              .asked_on = fields.date("asked_on"),
                              .proof_name = fields.text("proof_name", short_text),
                              .purpose = fields.text("purpose", short_text),
                              .statement = fields.optional_text("statement", long_text),
                              .claimed_basis = fields.optional_text("claimed_basis", {.max = 1000}),
                              .contact = fields.optional_text("contact", short_text),
                              .anonymous = fields.optional_boolean("anonymous").value_or(true)};
    fields.objects("files", {.min = 0, .max = 3},
                   [&](Fields& one) { draft.files.push_back(read_file(one)); });
    return draft;
}

Json ExposureReportDraft::said() const {
    return JsonObject{{"proof_name", proof_name},
                      {"purpose", purpose},
                      {"statement", or_nothing(statement)},
                      {"claimed_basis", or_nothing(claimed_basis)},
                      {"contact", or_nothing(contact)}};
}

MatchCorrection MatchCorrection::read(Fields& fields) {
    return {fields.optional_text("item_id", {.max = 64}), fields.text("why", long_text)};
}

Screening Screening::read(Fields& fields) {
    Screening screening{.result = fields.choice<ScreeningResult>("result"),
                        .reasons = fields.text("reasons", long_text),
                        .proof_label = fields.text("proof_label", short_text),
                        .claimed_basis = fields.optional_text("claimed_basis", {.max = 1000})};
    fields.objects("exceptions", {.min = 0, .max = 50}, [&](Fields& one) {
        screening.exceptions.push_back(
            {one.text("code", {.max = 64}), one.boolean("applies"), one.text("why", short_text)});
    });
    return screening;
}

Json Screening::said() const {
    json::Array checked;
    for (ExceptionCheck const& one : exceptions)
        checked.push_back(JsonObject{{"code", one.code}, {"applies", one.applies}, {"why", one.why}});
    return JsonObject{{"result", word(result)},
                      {"reasons", reasons},
                      {"proof_label", proof_label},
                      {"claimed_basis", or_nothing(claimed_basis)},
                      {"exceptions", std::move(checked)}};
}

Outcome<void> check_exceptions(Screening const& screening, ProofItem const* item) {
    Fault refused{.problem = &problem::invalid};
    auto const refuse = [&](std::string pointer, Reason const& why, std::vector<std::string> words = {}) {
        refused.fields.push_back({std::move(pointer), &why, {.words = std::move(words)}});
    };
    std::vector<std::string> known;
    if (item)
        for (ProofException const& one : item->exceptions) known.push_back(one.code);
    std::vector<std::string> missing = known;
    for (std::size_t i = 0; i != screening.exceptions.size(); ++i) {
        std::string const& code = screening.exceptions[i].code;
        std::string const pointer = "/exceptions/" + std::to_string(i) + "/code";
        if (std::ranges::find(known, code) == known.end())
            refuse(pointer, reason::unknown_value, known);
        else if (std::erase(missing, code) == 0)
            refuse(pointer, reason::listed_twice);
    }
    if (!missing.empty()) refuse("/exceptions", reason::required, missing);
    using enum ScreeningResult;
    ScreeningResult const result = screening.result;
    bool const applies = std::ranges::any_of(screening.exceptions, &ExceptionCheck::applies);
    bool const listed = item && !item->may_be_demanded();
    if ((applies && blames(result) && result != circular) || (result == on_list && !listed) ||
        (result == outside_list && item))
        refuse("/result", reason::not_allowed_here);
    if (result == exception && !applies && !(item && item->may_be_demanded()))
        refuse("/exceptions", reason::required, known);
    if (refused.fields.empty()) return {};
    return refused;
}

ScreeningDecision ScreeningDecision::read(Fields& fields) {
    using enum ScreeningOutcome;
    ScreeningDecision decision{.outcome = fields.choice<ScreeningOutcome>("outcome"),
                               .reasons = fields.text("reasons", long_text),
                               .number = fields.optional_text("number", number_text),
                               .special = fields.optional_boolean("special").value_or(false),
                               .authorities = fields.texts("authorities", {.min = 0, .max = 10}, short_text),
                               .question = fields.optional_text("question", long_text),
                               .lead_uscc = optional_uscc(fields, "lead_uscc")};
    exactly(fields, "number", decision.number, decision.outcome == ask_unit);
    exactly(fields, "question", decision.question, decision.outcome == call_meeting);
    if (decision.special && decision.outcome != ask_unit) fields.refuse("special", reason::not_allowed_here);
    if (decision.outcome != call_meeting) {
        if (!decision.authorities.empty()) fields.refuse("authorities", reason::not_allowed_here);
        if (decision.lead_uscc) fields.refuse("lead_uscc", reason::not_allowed_here);
    } else if (decision.authorities.size() < 2) {
        fields.refuse("authorities", reason::empty, {.min = 2, .max = 10, .unit = &unit::entries});
    }
    return decision;
}

Json ScreeningDecision::said() const {
    return JsonObject{{"outcome", word(outcome)},         {"reasons", reasons},
                      {"number", or_nothing(number)},     {"authorities", list_of(authorities)},
                      {"question", or_nothing(question)}, {"lead_uscc", or_nothing(lead_uscc)}};
}

MeetingOutcome MeetingOutcome::read(Fields& fields) {
    return {fields.date("held_on"), fields.text("resolution", long_text),
            fields.id<EvidenceId>("evidence_id")};
}

UnitAnswer UnitAnswer::read(Fields& fields) {
    return {fields.boolean("admitted"), fields.text("statement", long_text),
            fields.optional_text("claimed_basis", {.max = 1000})};
}

AnswerDecision AnswerDecision::read(Fields& fields) {
    AnswerDecision decision{.justified = fields.boolean("justified"),
                            .reasons = fields.text("reasons", long_text),
                            .number = fields.optional_text("number", number_text),
                            .measures = fields.optional_text("measures", long_text)};
    exactly(fields, "number", decision.number, !decision.justified);
    exactly(fields, "measures", decision.measures, !decision.justified);
    return decision;
}

CorrectionReport CorrectionReport::read(Fields& fields) {
    return {fields.text("statement", long_text), fields.id<EvidenceId>("evidence_id")};
}

HelpGiven HelpGiven::read(Fields& fields) {
    return {fields.id<ExposureReportId>("report_id"), fields.text("how", long_text)};
}

CorrectionDecision CorrectionDecision::read(Fields& fields) {
    return {fields.boolean("accepted"), fields.text("reasons", long_text)};
}

ExposureProposal ExposureProposal::read(Fields& fields) {
    return {fields.choice<ExposureLevel>("level"), fields.text("reasons", long_text)};
}

LegalCheck LegalCheck::read(Fields& fields) {
    return {fields.boolean("agreed"), fields.text("opinion", long_text)};
}

ExposureDecision ExposureDecision::read(Fields& fields) {
    ExposureDecision decision{.agreed = fields.boolean("agreed"),
                              .reasons = fields.text("reasons", long_text),
                              .number = fields.optional_text("number", number_text)};
    exactly(fields, "number", decision.number, decision.agreed);
    return decision;
}

UnitAppeal UnitAppeal::read(Fields& fields) {
    return {fields.text("statement", long_text)};
}

AppealDecision AppealDecision::read(Fields& fields) {
    return {fields.boolean("upheld"), fields.text("reasons", long_text), fields.text("number", number_text)};
}

CaseCodeQuestion CaseCodeQuestion::read(Fields& fields) {
    return {fields.text("case_code", {.max = 32})};
}

AuthorityDraft AuthorityDraft::read(Fields& fields) {
    AuthorityDraft draft{fields.choice<ExposureAuthority>("authority"),
                         fields.text("organisation_uscc", {.max = 18})};
    if (!draft.uscc.empty()) draft.uscc = checked_uscc(fields, "organisation_uscc", draft.uscc);
    return draft;
}

RefusalSlipDraft RefusalSlipDraft::read(Fields& fields) {
    RefusalSlipDraft draft{.proof_name = fields.text("proof_name", short_text),
                           .unit_name = fields.text("unit_name", short_text),
                           .purpose = fields.text("purpose", short_text),
                           .unit_uscc = optional_uscc(fields, "unit_uscc")};
    if (auto const kind = fields.optional_text("unit_kind", {.max = 64})) {
        draft.unit_kind = from_word<OrganisationKind>(*kind);
        if (!draft.unit_kind)
            fields.refuse("unit_kind", reason::unknown_value, {.words = allowed_words<OrganisationKind>()});
    }
    if (draft.unit_uscc && !draft.unit_kind)
        fields.refuse("unit_kind", reason::required, {.words = allowed_words<OrganisationKind>()});
    return draft;
}

std::optional<Catalogue::Hit> match_proof(Catalogue const& catalogue, std::string_view name,
                                          std::string_view region, Date on) {
    auto const hits = catalogue.search_in(region, name, std::nullopt, on, 1);
    if (hits.empty() || hits.front().score == 0) return std::nullopt;
    return hits.front();
}

std::string unit_key(std::optional<std::string> const& uscc, std::string_view name, std::string_view region) {
    if (uscc) return *uscc;
    return searchable_name(name) + " " + std::string(region);
}

}  // namespace sponsio::domain

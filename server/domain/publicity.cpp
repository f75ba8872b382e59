#include "server/domain/publicity.hpp"

#include "server/base/form.hpp"
#include "server/domain/objection.hpp"
#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

using S = PublicityState;
using E = PublicityEvent;

constexpr Length long_text{.max = 4000};
constexpr Length number_text{.max = 100};

Outcome<void> is_known(PublicityFacts const& f) {
    if (!f.known) return unknown_person();
    return {};
}

Outcome<void> another_approves(PublicityFacts const& f) {
    if (!f.known) return unknown_person();
    return second_person(f.actor.value(), f.proposed_by, "Who proposed a publication does not approve it.",
                         "提出公示的人员不得自行审批。");
}

constexpr Guard<PublicityFacts> known{"person known", is_known};
constexpr Guard<PublicityFacts> another{"another person", another_approves};

constexpr PublicityLifecycle::Row rows[] = {
    {S::proposed, E::approve, S::approved, another}, {S::proposed, E::reject, S::rejected, another},
    {S::approved, E::reject, S::rejected, known},    {S::approved, E::publish, S::published, known},
    {S::published, E::period_over, S::ended},        {S::published, E::repaired, S::ended},
    {S::published, E::record_ended, S::ended},       {S::published, E::take_down, S::ended, known},
};

}  // namespace

PublicityLifecycle const publicity_lifecycle{"publicity", S::proposed, rows};

PublicityEvent event_of(PublicityEnd why) {
    switch (why) {
        case PublicityEnd::period_over: return E::period_over;
        case PublicityEnd::repaired: return E::repaired;
        case PublicityEnd::record_ended: return E::record_ended;
        case PublicityEnd::take_down: break;
    }
    return E::take_down;
}

ImpactAssessment ImpactAssessment::read(Fields& fields) {
    return {fields.text("purpose", long_text), fields.text("impact", long_text),
            fields.text("safeguards", long_text)};
}

Json ImpactAssessment::to_json() const {
    return JsonObject{{"purpose", purpose}, {"impact", impact}, {"safeguards", safeguards}};
}

PublicityDraft PublicityDraft::read(Fields& fields) {
    PublicityDraft draft{.record = fields.id<RecordId>("record_id"),
                         .severity = fields.choice<Severity>("severity"),
                         .basis = {},
                         .assessment = {}};
    fields.objects("legal_basis", {.min = 1, .max = 20}, [&](Fields& one) {
        draft.basis.push_back({one.text("law", {.max = 200}), one.text("article", {.max = 200})});
    });
    fields.object("assessment", [&](Fields& part) { draft.assessment = ImpactAssessment::read(part); });
    return draft;
}

Json PublicityDraft::said() const {
    json::Array list;
    for (LegalBasis const& row : basis)
        list.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    return JsonObject{{"legal_basis", std::move(list)}, {"assessment", assessment.to_json()}};
}

PublicityApproval PublicityApproval::read(Fields& fields) {
    PublicityApproval approval{.approved = fields.boolean("approved"),
                               .opinion = fields.text("opinion", long_text),
                               .preview = read_optional_digest(fields, "preview_sha256"),
                               .number = fields.optional_text("number", number_text)};
    auto const exactly = [&](char const* name, bool there, Form const& form) {
        if (there && !approval.approved) fields.refuse(name, reason::not_allowed_here);
        if (!there && approval.approved) fields.refuse(name, reason::required, form);
    };
    exactly("preview_sha256", approval.preview.has_value(), form::hex);
    exactly("number", approval.number.has_value(), form::text);
    return approval;
}

PublicityNotice PublicityNotice::read(Fields& fields) {
    PublicityNotice notice{.served_at = fields.instant("served_at"),
                           .method = fields.choice<ServiceMethod>("method"),
                           .digest = read_optional_digest(fields, "digest_sha256"),
                           .receipt = fields.id<EvidenceId>("evidence_id")};
    if (!notice.digest) fields.refuse("digest_sha256", reason::required, form::hex);
    return notice;
}

PublicityTakeDown PublicityTakeDown::read(Fields& fields) {
    return {fields.text("why", long_text), fields.text("number", number_text)};
}

std::string masked_name(std::string_view name) {
    std::size_t first = 1;
    while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xC0u) == 0x80u) ++first;
    return std::string(name.substr(0, first)) + "**";
}

std::string masked_number(std::string_view number) {
    constexpr std::size_t ahead = 3, behind = 2;
    if (number.size() < 2 * (ahead + behind)) return std::string(number.size(), '*');
    return std::string(number.substr(0, ahead)) + std::string(number.size() - ahead - behind, '*') +
           std::string(number.substr(number.size() - behind));
}

}  // namespace sponsio::domain

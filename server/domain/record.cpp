#include "server/domain/record.hpp"

#include "server/domain/identity_document.hpp"

namespace sponsio::domain {
namespace {

std::string status_lists_of(std::string_view issuer) {
    return std::string(issuer) + "/v1/status-lists/";
}

bool three_persons(RecordFacts const& f, SignedPayload const&) {
    return f.drafted_by != f.reviewed_by && f.reviewed_by != f.decided_by && f.drafted_by != f.decided_by;
}

bool served_and_effective(RecordFacts const& f, SignedPayload const&) {
    return !f.decision_number.empty() && f.decided_at <= f.served_at && f.served_at < f.effective_at &&
           f.effective_at <= f.issued_at;
}

bool full_capacity(RecordFacts const& f, SignedPayload const&) {
    if (f.subject_kind != "natural_person") return true;
    if (!f.subject_birth_date) return false;
    return is_of_age(*f.subject_birth_date, f.full_age, f.made_on);
}

/// The signed part must not hold a claim that only a disclosure may show. Names are searched by their member,
/// not as text: a short name may occur inside another word.
bool person_hidden(RecordFacts const& f, SignedPayload const& payload) {
    if (!payload.claims.is_object()) return false;
    for (std::string const& pointer : record_disclosable())
        if (payload.claims.at_pointer(pointer)) return false;
    return payload.text.find(f.subject_document_number) == std::string_view::npos;
}

/// Refuses data about people that may not be collected at all. Names of the unit and the law are exempt, such
/// as a centre for disease control.
bool no_forbidden_data(RecordFacts const& f, SignedPayload const& payload) {
    if (!payload.claims.is_object()) return false;
    for (auto const& [name, value] : payload.claims.as_object()) {
        if (name == "identifying_unit" || name == "legal_basis") continue;
        std::string const said = name + json::write(value);
        for (std::string const& kind : f.forbidden)
            if (std::string_view const term = term_of_data(kind);
                !term.empty() && said.find(term) != std::string::npos)
                return false;
    }
    return true;
}

bool promise_before_decision(RecordFacts const& f, SignedPayload const&) {
    return f.made_on <= china_date(f.decided_at);
}

bool retention_ends_later(RecordFacts const& f, SignedPayload const&) {
    return f.retention_until > china_date(f.issued_at);
}

/// Without a status position on a list of this server no reader could learn of a withdrawal.
bool status_stated(RecordFacts const& f, SignedPayload const& payload) {
    if (!f.status_list.starts_with(status_lists_of(f.issuer))) return false;
    Json const* uri = payload.claims.at_pointer("/status/status_list/uri");
    Json const* index = payload.claims.at_pointer("/status/status_list/idx");
    return uri && index && *uri == Json(f.status_list) && *index == Json(f.status_index) &&
           f.status_index >= 0;
}

constexpr Lint lints[] = {
    {"three_persons", "docs/architecture.md promise 2; Administrative Penalty Law art. 58", three_persons},
    {"served_and_effective", "docs/law.md D9; Administrative Penalty Law art. 61", served_and_effective},
    {"full_capacity", "docs/law.md D12; Civil Code art. 17-18", full_capacity},
    {"person_hidden", "docs/architecture.md promise 4; PIPL art. 6", person_hidden},
    {"no_forbidden_data", "docs/law.md F6; Shanghai credit regulation art. 14", no_forbidden_data},
    {"promise_before_decision", "docs/law.md D11", promise_before_decision},
    {"retention_ends_later", "docs/law.md G12", retention_ends_later},
    {"status_stated", "docs/architecture.md promise 4; draft-ietf-oauth-status-list-21 §6.2", status_stated},
};

Json claim(char const* path, char const* zh, char const* en, char const* disclosure) {
    json::Array steps;
    for (std::string_view rest = path; !rest.empty();) {
        std::size_t const slash = rest.find('/');
        steps.push_back(rest.substr(0, slash));
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    }
    return JsonObject{{"path", std::move(steps)},
                      {"sd", disclosure},
                      {"display", json::Array{JsonObject{{"locale", "zh-CN"}, {"label", zh}},
                                              JsonObject{{"locale", "en"}, {"label", en}}}}};
}

}  // namespace

std::string_view term_of_data(std::string_view kind) {
    constexpr std::pair<std::string_view, std::string_view> terms[] = {
        {"religion", "宗教"},      {"genes", "基因"},         {"fingerprint", "指纹"},
        {"blood_type", "血型"},    {"disease", "疾病"},       {"medical_history", "病史"},
        {"income", "收入"},        {"deposits", "存款"},      {"securities", "有价证券"},
        {"insurance", "商业保险"}, {"real_estate", "不动产"}, {"tax", "纳税"}};
    for (auto const& [word, term] : terms)
        if (word == kind) return term;
    return {};
}

std::string record_vct(std::string_view issuer) {
    return std::string(issuer) + "/.well-known/vct/false-commitment";
}

std::string status_list_uri(std::string_view issuer, std::int64_t list_no) {
    return status_lists_of(issuer) + std::to_string(list_no);
}

Json record_type_metadata(std::string_view issuer) {
    return JsonObject{
        {"vct", record_vct(issuer)},
        {"name", "Credit record of a commitment that was not kept"},
        {"description",
         "An effective, served finding under the notification-and-commitment system "
         "(证明事项告知承诺制失信信息)."},
        {"display",
         json::Array{JsonObject{{"locale", "zh-CN"},
                                {"name", "证明事项告知承诺制失信信息"},
                                {"description", "已送达并生效的不实承诺认定。"}},
                     JsonObject{{"locale", "en"},
                                {"name", "Credit record of a commitment that was not kept"},
                                {"description", "A served and effective finding of a false commitment."}}}},
        {"claims",
         json::Array{
             claim("commitment_code", "承诺编码", "Commitment code", "never"),
             claim("matter", "证明事项", "Matter", "always"), claim("finding", "认定", "Finding", "never"),
             claim("identifying_unit", "认定单位", "Identifying unit", "never"),
             claim("legal_basis", "依据", "Legal basis", "never"),
             claim("retention", "保存期限", "Retention", "never"), claim("status", "状态", "Status", "never"),
             claim("subject/kind", "承诺人类别", "Kind of committer", "never"),
             claim("subject/name", "承诺人名称", "Name of committer", "always"),
             claim("subject/document_type", "证件类型", "Kind of document", "always"),
             claim("subject/document_number", "证件号码", "Number of document", "always")}}};
}

Json issuer_metadata(std::string_view issuer) {
    return JsonObject{{"issuer", issuer}, {"jwks_uri", std::string(issuer) + "/.well-known/jwks.json"}};
}

Json record_payload(RecordFacts const& f) {
    json::Array basis;
    for (LegalBasis const& row : f.legal_basis)
        basis.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    auto const seconds = std::chrono::floor<std::chrono::seconds>(f.issued_at).time_since_epoch().count();
    return JsonObject{
        {"iss", f.issuer},
        {"iat", seconds},
        {"vct", record_vct(f.issuer)},
        {"jti", "urn:uuid:" + f.record.text()},
        {"commitment_code", f.commitment_code},
        {"matter", JsonObject{{"code", f.matter_code}, {"name", to_json(f.matter_name)}}},
        {"finding", JsonObject{{"kind", word(f.kind)},
                               {"severity", word(f.severity)},
                               {"decision_number", f.decision_number},
                               {"decided_on", to_iso(china_date(f.decided_at))},
                               {"served_on", to_iso(china_date(f.served_at))},
                               {"effective_on", to_iso(china_date(f.effective_at))}}},
        {"identifying_unit", JsonObject{{"name", f.unit_name}, {"uscc", f.unit_uscc}}},
        {"legal_basis", std::move(basis)},
        {"retention", JsonObject{{"until", to_iso(f.retention_until)}, {"rule", f.retention_rule}}},
        {"status", JsonObject{{"status_list", JsonObject{{"idx", f.status_index}, {"uri", f.status_list}}}}},
        {"subject", JsonObject{{"kind", f.subject_kind},
                               {"name", f.subject_name},
                               {"document_type", f.subject_document_type},
                               {"document_number", f.subject_document_number}}},
    };
}

std::vector<std::string> record_disclosable() {
    return {"/matter", "/subject/name", "/subject/document_type", "/subject/document_number"};
}

std::span<Lint const> record_lints() {
    return lints;
}

Lint const* first_broken_lint(RecordFacts const& facts, std::string_view signed_payload) {
    auto claims = json::parse(signed_payload);
    SignedPayload const payload{signed_payload, claims ? std::move(*claims) : Json()};
    for (Lint const& lint : lints)
        if (!lint.passes(facts, payload)) return &lint;
    return nullptr;
}

}  // namespace sponsio::domain

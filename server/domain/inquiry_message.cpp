#include "server/domain/inquiry_message.hpp"

#include "server/base/form.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// Far beyond anything that is ever signed, and exact in every JSON reader.
constexpr std::int64_t latest = 253402300799;  // 9999-12-31

std::string word_text(Fields& fields, std::string_view name) {
    std::string text = fields.text(name, {.max = 40});
    if (!text.empty() && !is_department_word(text)) fields.refuse(name, reason::bad_format, form::code_word);
    return text;
}

/// A UUID (RFC 9562) in lower case, as ids are written here.
std::string uuid_text(Fields& fields, std::string_view name) {
    std::string text = fields.text(name, {.max = 36});
    auto const id = Uuid::parse(text);
    if (!text.empty() && (!id || id->text() != text)) fields.refuse(name, reason::bad_format, form::uuid);
    return text;
}

sys_seconds numeric_date(Fields& fields, std::string_view name) {
    return sys_seconds{seconds{fields.integer(name, 0, latest)}};
}

InquiryContent content_of(Fields& fields) {
    InquiryContent content{.issuer = fields.text("iss", {.max = 500}),
                           .department = word_text(fields, "aud"),
                           .jti = uuid_text(fields, "jti"),
                           .query = word_text(fields, "query"),
                           .subject_name = {},
                           .document_type = {},
                           .document_number = {},
                           .matter_code = {},
                           .claim = {}};
    fields.object("subject", [&](Fields& subject) {
        content.subject_name = subject.text("name", {.max = 200});
        subject.object("document", [&](Fields& document) {
            content.document_type = word_text(document, "type");
            content.document_number = document.text("number", {.max = 64});
        });
    });
    fields.object("claim", [&](Fields& claim) {
        content.matter_code = claim.text("matter_code", {.max = 64});
        content.claim = claim.text("content", {.max = 4000});
    });
    return content;
}

Outcome<Json> object_of(std::string_view text) {
    auto json = json::parse(text, {.max_bytes = 65536});
    if (!json) return Fault{.problem = &problem::bad_json, .cause = std::string(json.error().code)};
    return std::move(*json);
}

std::int64_t number_of(sys_seconds t) {
    return t.time_since_epoch().count();
}

Fault wrong(char const* word, char const* en, char const* zh) {
    Fault refused = fault(problem::invalid, en, zh);
    refused.cause = word;
    return refused;
}

}  // namespace

bool is_department_word(std::string_view text) {
    auto const lower = [](char c) { return c >= 'a' && c <= 'z'; };
    return !text.empty() && text.size() <= 40 && lower(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

Json InquiryContent::to_json() const {
    return JsonObject{
        {"iss", issuer},
        {"aud", department},
        {"jti", jti},
        {"query", query},
        {"subject",
         JsonObject{{"name", subject_name},
                    {"document", JsonObject{{"type", document_type}, {"number", document_number}}}}},
        {"claim", JsonObject{{"matter_code", matter_code}, {"content", claim}}}};
}

Outcome<InquiryContent> InquiryContent::read(Json const& json) {
    return decode(json, content_of);
}

InquiryQuestion InquiryQuestion::at(InquiryContent content, Instant now) {
    auto const issued = std::chrono::floor<seconds>(now);
    return {std::move(content), issued, issued + check_question_life};
}

std::string InquiryQuestion::payload() const {
    Json json = content.to_json();
    json.as_object().add("iat", number_of(issued_at)).add("exp", number_of(expires_at));
    return json::canonical(json);
}

Outcome<InquiryQuestion> InquiryQuestion::parse(std::string_view payload) {
    auto const json = object_of(payload);
    if (!json) return json.error();
    return decode(*json, [](Fields& fields) {
        return InquiryQuestion{content_of(fields), numeric_date(fields, "iat"), numeric_date(fields, "exp")};
    });
}

std::string InquiryReply::payload() const {
    JsonObject json{{"iss", issuer},
                    {"aud", audience},
                    {"jti", jti},
                    {"in_reply_to", in_reply_to},
                    {"iat", number_of(issued_at)},
                    {"answer", word(answer)}};
    if (note) json.add("note", *note);
    if (held_as_of) json.add("held_as_of", to_iso(*held_as_of));
    return json::canonical(Json(std::move(json)));
}

Outcome<InquiryReply> InquiryReply::parse(std::string_view payload) {
    auto const json = object_of(payload);
    if (!json) return json.error();
    return decode(*json, [](Fields& fields) {
        return InquiryReply{.issuer = word_text(fields, "iss"),
                            .audience = fields.text("aud", {.max = 500}),
                            .jti = uuid_text(fields, "jti"),
                            .in_reply_to = uuid_text(fields, "in_reply_to"),
                            .issued_at = numeric_date(fields, "iat"),
                            .answer = fields.choice<InquiryAnswer>("answer"),
                            .note = fields.optional_text("note", {.max = 1000}),
                            .held_as_of = fields.optional_date("held_as_of")};
    });
}

Outcome<void> InquiryReply::answers(InquiryContent const& question, Instant asked_first, Instant now) const {
    if (issuer != question.department)
        return wrong("wrong_iss", "The answer comes from another department.", "应答并非来自被询问的部门。");
    if (audience != question.issuer)
        return wrong("wrong_aud", "The answer is meant for somebody else.", "应答的接收方不是本单位。");
    if (in_reply_to != question.jti)
        return wrong("wrong_in_reply_to", "The answer belongs to another question.",
                     "应答对应的是另一次询问。");
    if (issued_at < std::chrono::floor<seconds>(asked_first) - check_clock_skew)
        return wrong("stale_iat", "The answer is older than the question.", "应答时间早于询问时间。");
    if (issued_at > now + check_clock_skew)
        return wrong("future_iat", "The answer is dated in the future.", "应答时间晚于当前时间。");
    return {};
}

}  // namespace sponsio::domain

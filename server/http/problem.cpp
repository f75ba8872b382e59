#include "server/http/problem_document.hpp"
#include "server/http/response.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace sponsio::http {
namespace {

std::string_view in(Language language, std::string_view en, std::string_view zh) {
    return language == Language::english ? en : zh;
}

constexpr std::size_t most_errors = 100;  // of one answer; the rest is counted

json::Object limit_of(Wanted const& wanted) {
    json::Object limit;
    if (wanted.min) limit.add("min", *wanted.min);
    if (wanted.max) limit.add("max", *wanted.max);
    if (wanted.unit) limit.add("unit", wanted.unit->word);
    return limit;
}

json::Object form_of(Form const& form) {
    json::Object view{{"name", form.word}};
    if (!form.example.empty()) view.add("example", form.example);
    return view;
}

json::Object view_of(FieldError const& field, Language language) {
    Bilingual const text = told(field);
    json::Object row{{"pointer", field.pointer},
                     {"reason", field.reason->word},
                     {"detail", in(language, text.en, text.zh)}};
    Wanted const& wanted = field.wanted;
    if (wanted.min || wanted.max) row.add("limit", limit_of(wanted));
    if (!wanted.words.empty()) row.add("allowed", json::Array(wanted.words.begin(), wanted.words.end()));
    if (wanted.form) row.add("form", form_of(*wanted.form));
    return row;
}

void add_errors(json::Object& document, std::vector<FieldError> const& fields, Language language) {
    if (fields.empty()) return;
    json::Array rows;
    for (FieldError const& field : std::span(fields).first(std::min(fields.size(), most_errors)))
        rows.push_back(view_of(field, language));
    document.add("errors", std::move(rows));
    if (fields.size() > most_errors)
        document.add("errors_left_out", static_cast<std::int64_t>(fields.size() - most_errors));
}

/// The Retry-After value of a problem, in seconds; 1 s for 429 and 503 without one of their own.
std::optional<std::chrono::seconds> retry_after(Fault const& fault) {
    if (fault.retry_after) return fault.retry_after;
    if (fault.problem->status == 503 || fault.problem->status == 429) return std::chrono::seconds(1);
    return std::nullopt;
}

}  // namespace

json::Object problem_document(Fault const& fault, Language language, std::string_view request_id) {
    Problem const& kind = *fault.problem;
    json::Object document{{"type", "urn:sponsio:problem:" + std::string(kind.slug)},
                          {"title", in(language, kind.en, kind.zh)},
                          {"status", kind.status}};
    std::string_view const detail = in(language, fault.detail.en, fault.detail.zh);
    bool const to_be_told = kind.status < 500 || kind.status == 501;
    if (to_be_told && !detail.empty()) document.add("detail", detail);
    document.add("instance", "urn:request:" + std::string(request_id));
    if (to_be_told && !fault.explanation.empty()) document.add("explanation", fault.explanation);
    add_errors(document, fault.fields, language);
    return document;
}

Response problem_response(Fault fault, Request const& request) {
    Problem const& kind = *fault.problem;
    if (&kind == &problem::not_found && fault.detail.en.empty() && request.route)
        fault.detail = {"Nothing that you may see has this name or number.",
                        "没有您可以查看的、具有该名称或编号的内容。"};
    json::Object document = problem_document(fault, request.language, request.id());

    Response made;
    made.status = kind.status;
    made.content_type = "application/problem+json";
    made.body = json::write(std::move(document));
    made.set("Content-Language", std::string(tag(request.language)));
    made.set("Vary", "Accept-Language");
    if (kind.status == 401) {
        bool const had_token = request.header("Authorization").has_value();
        made.set("WWW-Authenticate", had_token ? R"(Bearer realm="sponsio", error="invalid_token")"
                                               : R"(Bearer realm="sponsio")");  // RFC 6750 §3
    }
    if (auto const wait = retry_after(fault)) made.set("Retry-After", std::to_string(wait->count()));
    made.problem = &kind;
    made.cause = std::move(fault.cause);
    return made;
}

}  // namespace sponsio::http

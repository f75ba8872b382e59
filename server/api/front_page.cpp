#include "server/api/front_page.hpp"

#include "server/api/markup.hpp"

#include <array>

namespace sponsio::api {
namespace {

using http::Language;

constexpr std::string_view style =
    ":root{color-scheme:light dark}body{font:16px/1.6 system-ui,\"Noto Sans CJK SC\",\"PingFang SC\","
    "\"Microsoft YaHei\",sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}td,th{text-align:left;"
    "padding:.2rem .6rem;border-bottom:1px solid #8886}a{color:inherit}";

/// The texts are the program's own and hold no character that HTML reads as markup.
std::string framed(Language language, std::string_view title, std::string const& body) {
    return "<!doctype html><html lang=\"" + std::string(http::tag(language)) +
           "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
           std::string(title) + "</title><style>" + std::string(style) + "</style></head><body><h1>" +
           std::string(title) + "</h1>" + body + "</body></html>\n";
}

std::string link(std::string_view path, std::string_view text) {
    return "<a href=\"" + std::string(path) + "\">" + std::string(text) + "</a>";
}

std::string page_of(Problem const& problem) {
    return "/problems/" + std::string(problem.slug);
}

}  // namespace

std::span<FrontLink const> front_links() {
    static constexpr auto rows = std::to_array<FrontLink>({
        {"documentation", "/docs", "The interface, operation by operation", "接口说明"},
        {"openapi_3_1", "/openapi.json", "The contract, OpenAPI 3.1", "接口契约（OpenAPI 3.1）"},
        {"openapi_3_0", "/openapi-3.0.json", "The contract, OpenAPI 3.0, for generators of clients",
         "接口契约（OpenAPI 3.0，供客户端生成工具使用）"},
        {"openapi_yaml", "/openapi.yaml", "The contract, YAML", "接口契约（YAML）"},
        {"vocabulary", "/v1/vocabulary", "Every word, in Chinese and English", "词表（中英文）"},
        {"problems", "/problems", "Every kind of refusal", "错误类型"},
        {"proof_items", "/v1/proof-items", "The proofs that may not be demanded of residents",
         "不应由基层出具的证明清单"},
        {"keys", "/.well-known/jwks.json", "The keys that records are verified with", "信用记录验证公钥"},
        {"console", "/console", "The desks of those who work here", "办公界面"},
        {"window", "/window", "The public window", "公众窗口"},
        {"draws", "/public/v1/draws", "Draws that anybody can replay", "可供复核的双随机抽查"},
    });
    return rows;
}

Bilingual what_this_is() {
    return {.en =
                "The backend of the commitment-notification system for proof matters: notice, commitment, "
                "verification, finding, credit record and its report.",
            .zh = "证明事项告知承诺制业务后台：告知、承诺、核查、认定、信用记录及其报送。"};
}

std::string front_page(std::string_view version, Language language) {
    Bilingual const what = what_this_is();
    std::string body = "<p>" + std::string(in(language, what.en, what.zh)) + "</p><ul>";
    for (FrontLink const& one : front_links())
        body += "<li>" + link(one.path, in(language, one.en, one.zh)) + "</li>";
    return framed(language, "Sponsio", body + "</ul><p>" + std::string(version) + "</p>");
}

std::string problems_page(Language language) {
    std::string body = "<table>";
    for (Problem const* problem : all_problems())
        body += "<tr><td>" + std::to_string(problem->status) + "</td><td>" +
                link(page_of(*problem), problem->slug) + "</td><td>" +
                std::string(in(language, problem->en, problem->zh)) + "</td></tr>";
    return framed(language, in(language, "Kinds of refusals", "错误类型"), body + "</table>");
}

std::string problem_page(Problem const& problem, Language language) {
    std::string body = "<p><code>urn:sponsio:problem:" + std::string(problem.slug) + "</code>, HTTP " +
                       std::to_string(problem.status) + "</p>";
    body += in(language,
               "<p>The answer's <code>detail</code> says what would be right in the case at hand; "
               "<code>errors</code> names every field with its reason, limit, allowed words or form. ",
               "<p>应答中的 <code>detail</code> 说明本次请求应当如何改正；<code>errors</code> "
               "逐项列出字段、原因、限制、可用值或者写法。");
    body += link("/v1/vocabulary", in(language, "All reasons", "全部原因")) + " · " +
            link("/problems", in(language, "all kinds of refusals", "全部错误类型")) + "</p>";
    return framed(language, in(language, problem.en, problem.zh), body);
}

std::string style_of(std::string_view page) {
    constexpr std::string_view begin = "<style>", end = "</style>";
    std::size_t const from = page.find(begin), to = page.find(end);
    if (from == std::string_view::npos || to == std::string_view::npos) return {};
    return std::string(page.substr(from + begin.size(), to - from - begin.size()));
}

}  // namespace sponsio::api

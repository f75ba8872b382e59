#include "server/api/public_pages.hpp"

#include "server/api/common.hpp"
#include "server/api/console.hpp"
#include "server/api/markup.hpp"
#include "server/api/page_frame.hpp"
#include "server/domain/inspection.hpp"
#include "server/domain/region.hpp"
#include "text/percent.hpp"

#include <memory>

namespace sponsio::api {
namespace {

using http::Language;
using Shared = std::shared_ptr<PublicPages const>;

constexpr std::size_t longest_question = 100, hits_shown = 8;
constexpr int rows_shown = 50;

Response page(Request const& request, std::string html) {
    Response response = cached(request, "text/html; charset=utf-8", std::move(html), "no-cache");
    response.set("Content-Security-Policy", std::string(page_policy));
    response.set("Vary", "Accept-Language");
    return response;
}

std::string bilingual_at(Json const& object, std::string_view name, Language language) {
    return object.at(name).at(language == Language::english ? "en" : "zh").as_string();
}

std::string label_in(PublicPages const& window, std::string_view list, std::string const& word,
                     Language language) {
    auto const label = window.label(list, word);
    return label ? in(language, *label) : word;
}

std::string paragraph(std::string_view text) {
    return element("p", text);
}

/// The day of an instant, as it is in China.
std::string day_of(Json const& at) {
    return to_iso(china_date(parse_rfc3339(at.as_string()).value()));
}

std::string cell(std::string_view heading, std::string const& markup) {
    // The heading is said again in the cell for narrow screens, where rows become blocks.
    return "<td data-heading=\"" + escaped(heading) + "\">" + markup + "</td>";
}

std::string table(std::string_view caption, std::vector<std::string_view> const& headings,
                  std::string const& rows) {
    std::string head;
    for (std::string_view const heading : headings) head += "<th scope=\"col\">" + escaped(heading) + "</th>";
    return "<table><caption>" + escaped(caption) + "</caption><thead><tr>" + head + "</tr></thead><tbody>" +
           rows + "</tbody></table>";
}

std::string next_link(PublicPage const& page, service::Page const& rows, Language language) {
    if (rows.items.size() < static_cast<std::size_t>(rows_shown)) return {};
    return "<p><a rel=\"next\" href=\"" +
           escaped(window_link(page, language, "&cursor=" + cursor_for(rows.last_key))) + "\">" +
           std::string(in(language, "Next page", "下一页")) + "</a></p>";
}

// ------------------------------------------------------------------------------- "may they ask me for this?"

std::string question_form(std::string_view text, Language language, bool refused) {
    std::string const label(in(language, "Which proof do they ask you for?", "对方要您开具什么证明？"));
    std::string const hint(in(language, "Say it in your own words, such as: proof that I am alive",
                              "用您自己的话说就行，例如：健在证明"));
    std::string const wrong(in(language, "Write at most 100 characters.", "请不要超过 100 个字。"));
    std::string error;
    if (refused) error = "<p class=\"error\" id=\"q-error\">" + wrong + "</p>";
    return "<form method=\"get\" action=\"/window\" role=\"search\"><input type=\"hidden\" name=\"lang\" "
           "value=\"" +
           std::string(word_of(language)) + "\"><label for=\"q\">" + label +
           "</label><p class=\"hint\" id=\"q-hint\">" + hint + "</p>" + error +
           "<input id=\"q\" name=\"q\" type=\"search\" aria-describedby=\"q-hint" +
           (refused ? " q-error\" aria-invalid=\"true" : "") + "\" value=\"" + escaped(text) + "\"><button>" +
           std::string(in(language, "Ask", "查询")) + "</button></form>";
}

/// Which list says so, and since when: one of a region counts nowhere else.
std::string list_line(domain::CatalogueInfo const& list, Language language) {
    std::string text(in(language, "List: ", "清单："));
    text +=
        escaped(in(language, list.title)) + " (" + escaped(list.version) + "), " + to_iso(list.valid_from);
    if (list.valid_to) text += "/" + to_iso(*list.valid_to);
    if (list.jurisdiction != domain::national_region)
        text += std::string(in(language, ". It counts in this region only: ", "，仅适用于本地区：")) +
                escaped(list.jurisdiction);
    return "<p class=\"source\">" + text + "</p>";
}

std::string hit(domain::ProofItem const& item, Language language) {
    std::string ways;
    for (domain::ProofWay const& way : item.ways) ways += "<li>" + escaped(in(language, way.text)) + "</li>";
    std::string exceptions;
    for (auto const& one : item.exceptions) exceptions += "<li>" + escaped(in(language, one.text)) + "</li>";
    std::string text =
        "<article class=\"" + std::string(item.may_be_demanded() ? "may" : "may-not") + "\">" +
        element("h2", in(language, item.name)) + "<p class=\"verdict\">" +
        std::string(item.may_be_demanded() ? in(language, "They may ask you for it", "可以索要")
                                           : in(language, "They may not ask you for it", "不得索要")) +
        "</p>" + paragraph(in(language, item.answer));
    if (!ways.empty())
        text += element("h3", in(language, "What is done instead", "替代办法")) + "<ul>" + ways + "</ul>";
    if (!exceptions.empty())
        text += element("h3", in(language, "Except", "例外情形")) + "<ul>" + exceptions + "</ul>";
    return text + "<p class=\"source\">" + std::string(in(language, "Source: ", "依据：")) +
           escaped(in(language, item.source.text)) + "</p>" + list_line(*item.list, language) + "</article>";
}

std::string answer_to(PublicPages const& window, std::string const& question, Language language) {
    auto const hits =
        window.catalogue.search(question, std::nullopt, china_date(window.clock.now()), hits_shown);
    if (hits.empty())
        return paragraph(
            in(language,
               "The list does not name such a proof. That does not mean that it may be asked for: ask which "
               "law or decision of the State Council it rests on; without one it may not.",
               "清单中没有这项证明，但并不等于可以索要：请对方说明所依据的法律法规或者国务院决定，没有依据的"
               "不得索要。"));
    std::string found;
    for (auto const& one : hits) found += hit(*one.item, language);
    return found;
}

Route question_route(Shared window) {
    return {Method::get, "/window",
            [window](Request& request) -> awaitable<Response> {
                Language const language = language_of(request);
                std::string const question(request.query("q").value_or(""));
                bool const refused = domain::code_points(question) > longest_question;
                std::string main = paragraph(
                    in(language,
                       "Villages and neighbourhoods need not, and may not, be asked for the proofs on the "
                       "list. What is promised "
                       "in writing takes their place.",
                       "列入清单的证明，不应由村（社区）出具，办事单位也不得索要；可以用书面承诺代替。"));
                main += question_form(question, language, refused);
                if (!refused && !domain::is_blank_text(question))
                    main += answer_to(*window, question, language);
                std::string again = "&q=";
                append_percent_encoded(again, question);
                co_return page(request,
                               framed_page(page_question, language, main, {}, question.empty() ? "" : again));
            },
            allow_query(Policy::everyone(), {"q", word_parameter<domain::Language>("lang")})};
}

// ----------------------------------------------------------------------------------------- published records

std::string entry_row(PublicPages const& window, Json const& entry, Language language,
                      std::vector<std::string_view> const& headings) {
    auto const word = [&](std::string_view list, std::string_view name) {
        return escaped(label_in(window, list, entry.at(name).as_string(), language));
    };
    return "<tr>" +
           cell(headings[0], escaped(entry.at("subject_name").as_string()) + "<br>" +
                                 escaped(entry.at("document_number").as_string())) +
           cell(headings[1], word("FindingKind", "finding_kind") + "<br>" + word("Severity", "severity")) +
           cell(headings[2], escaped(entry.at("unit_name").as_string()) + "<br>" +
                                 escaped(entry.at("decision_number").as_string()) + "<br>" +
                                 escaped(entry.at("decided_on").as_string())) +
           cell(headings[3], escaped(entry.at("until").as_string())) +
           cell(headings[4], word("RecordStatus", "status")) + "</tr>";
}

std::string entries(PublicPages const& window, service::Page const& rows, Language language) {
    std::vector<std::string_view> const headings{
        in(language, "Who", "当事人"), in(language, "What was found", "认定情形"),
        in(language, "Decided by", "决定单位、文号、日期"), in(language, "Shown until", "公示至"),
        in(language, "State", "状态")};
    if (rows.items.empty())
        return paragraph(in(language, "Nothing is published at present.", "目前没有公示的信息。"));
    std::string body;
    for (Json const& entry : rows.items) body += entry_row(window, entry, language, headings);
    return table(in(language, "Published records", "公示列表"), headings, body) +
           next_link(page_publicity, rows, language);
}

Route publicity_route(Shared window) {
    return {Method::get, "/window/publicity",
            [window](Request& request) -> awaitable<Response> {
                Language const language = language_of(request);
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto rows = co_await window->publicity.entries(paging->after, rows_shown, request.deadline);
                if (!rows) co_return http::problem_response(rows.error(), request);
                Response response =
                    page(request, framed_page(page_publicity, language, entries(*window, *rows, language)));
                // What ends here ends everywhere: no copy of it in an index.
                response.set("X-Robots-Tag", "noindex, noarchive");
                co_return response;
            },
            allow_query(Policy::everyone(), {word_parameter<domain::Language>("lang"), cursor_parameter()})};
}

// --------------------------------------------------------------------------------------------------- draws

std::string draw_row(PublicPages const& window, Json const& draw, Language language,
                     std::vector<std::string_view> const& headings) {
    std::string const base = "/public/v1/draws/" + draw.at("draw_id").as_string();
    Json const& reveal_by = draw.at("reveal_by");
    std::string const by = reveal_by.is_string()
                               ? day_of(reveal_by)
                               : std::string(in(language, "pool not fixed yet", "抽取池尚未固定"));
    std::string state = escaped(label_in(window, "DrawState", draw.at("state").as_string(), language));
    if (draw.at("overdue").as_bool()) state += "<br>" + std::string(in(language, "overdue", "逾期"));
    std::string files = "<a href=\"" + base + "\">" +
                        std::string(in(language, "all that is published", "全部公开内容")) + "</a>";
    if (draw.at("state").as_string() == domain::word(domain::DrawState::revealed))
        files += "<br><a href=\"" + base + "/statement\">draw.json</a><br><a href=\"" + base +
                 "/pool\">draw-pool.txt</a>";
    return "<tr>" + cell(headings[0], escaped(bilingual_at(draw, "title", language))) +
           cell(headings[1], day_of(draw.at("created_at"))) + cell(headings[2], by) +
           cell(headings[3], state) + cell(headings[4], files) + "</tr>";
}

std::string draws(PublicPages const& window, service::Page const& rows, Language language) {
    std::vector<std::string_view> const headings{
        in(language, "Draw", "抽取"), in(language, "Announced", "公告日期"),
        in(language, "Result by", "结果揭示期限"), in(language, "State", "状态"),
        in(language, "To draw again", "复核所用文件")};
    std::string main =
        paragraph(in(language,
                     "Who is checked, chance decides: the pool and a sealed seed are fixed in the log first, "
                     "then dice are thrown in "
                     "public. Anybody can draw again with these files and sponsio-verify draw.",
                     "抽查谁由随机决定：先把抽取池和密封种子写入日志固定，再公开掷骰。任何人都可以用下列文件"
                     "和 sponsio-verify draw 重新抽取核对。"));
    if (rows.items.empty()) return main + paragraph(in(language, "There is no draw yet.", "目前没有抽取。"));
    std::string body;
    for (Json const& draw : rows.items) body += draw_row(window, draw, language, headings);
    return main + table(in(language, "Draws", "抽取列表"), headings, body) +
           next_link(page_draws, rows, language);
}

Route draws_route(Shared window) {
    return {Method::get, "/window/draws",
            [window](Request& request) -> awaitable<Response> {
                Language const language = language_of(request);
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const after = id_behind<DrawId>(*paging);
                if (!after) co_return http::problem_response(after.error(), request);
                auto rows = co_await window->draws.list(*after, rows_shown, request.deadline);
                if (!rows) co_return http::problem_response(rows.error(), request);
                co_return page(request, framed_page(page_draws, language, draws(*window, *rows, language)));
            },
            allow_query(Policy::everyone(), {word_parameter<domain::Language>("lang"), cursor_parameter()})};
}

// --------------------------------------------------------------------------------------------- inspections

std::string code_form(std::string_view code, Language language) {
    return "<form method=\"get\" action=\"/window/inspections\"><input type=\"hidden\" name=\"lang\" "
           "value=\"" +
           std::string(word_of(language)) + "\"><label for=\"code\">" +
           std::string(in(language, "Check code", "检查码")) + "</label><p class=\"hint\" id=\"code-hint\">" +
           std::string(in(language, "The inspectors show it, such as 7K3M-0QXD-9V2H-4TNA",
                          "由检查人员出示，例如 7K3M-0QXD-9V2H-4TNA")) +
           "</p><input id=\"code\" name=\"code\" autocomplete=\"off\" aria-describedby=\"code-hint\" "
           "value=\"" +
           escaped(code) + "\"><button>" + std::string(in(language, "Look up", "查询")) + "</button></form>";
}

std::string inspection_shown(PublicPages const& window, Json const& shown, Language language) {
    bool const off = shown.at("state").as_string() == domain::word(domain::InspectionState::called_off);
    std::string text =
        "<article class=\"" + std::string(off ? "may-not" : "may") + "\"><p class=\"verdict\">" +
        escaped(label_in(window, "InspectionState", shown.at("state").as_string(), language)) + "</p><dl>";
    auto const line = [&](std::string_view name, std::string const& value) {
        text += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>";
    };
    line(in(language, "Who inspects", "检查单位"),
         shown.at("unit_name").as_string() + " (" + shown.at("unit_uscc").as_string() + ")");
    line(in(language, "For what", "检查事项"), bilingual_at(shown, "matter_name", language));
    line(in(language, "On", "检查日期"), shown.at("planned_on").as_string());
    line(in(language, "Approved on", "批准日期"), day_of(shown.at("approved_at")));
    if (!shown.at("yearly_cap").is_null())
        line(in(language, "Most inspections of one enterprise in the year", "年度检查频次上限（次）"),
             std::to_string(shown.at("yearly_cap").as_int()));
    return text + "</dl></article>";
}

Route inspections_route(Shared window) {
    return {Method::get, "/window/inspections",
            [window](Request& request) -> awaitable<Response> {
                Language const language = language_of(request);
                std::string const code(request.query("code").value_or(""));
                std::string main =
                    paragraph(in(
                        language,
                        "An on-site check of an enterprise is approved before anybody comes. Who shows "
                        "no check code, or one that is not known here, does not come for such a check.",
                        "对企业的现场核查须事先批准。不能出示检查码，或者检查码在此查询不到的，不属于经批准"
                        "的检查。")) +
                    code_form(code, language);
                std::string again;
                if (!code.empty()) {
                    auto const shown = co_await window->inspections.look_up(code, request.deadline);
                    if (!shown && shown.error().problem != &problem::not_found)
                        co_return http::problem_response(shown.error(), request);
                    main += shown ? inspection_shown(*window, *shown, language)
                                  : paragraph(in(language, "No inspection was approved under this code.",
                                                 "没有以该检查码批准的检查。"));
                    again = "&code=";
                    append_percent_encoded(again, code);
                }
                co_return page(request, framed_page(page_inspections, language, main, {}, again));
            },
            allow_query(Policy::everyone(), {"code", word_parameter<domain::Language>("lang")})};
}

// ------------------------------------------------------------------------------------------------- the log

std::string shards(PublicPages const& window, Language language) {
    std::vector<std::string_view> const headings{in(language, "Shard", "分片"),
                                                 in(language, "Newest checkpoint", "最新检查点"),
                                                 in(language, "Keys", "公钥")};
    std::string body;
    for (unsigned shard = 1; shard <= window.shards; ++shard) {
        std::string const base = "/log/" + std::to_string(shard) + "/";
        body += "<tr>" + cell(headings[0], std::to_string(shard)) +
                cell(headings[1], "<a href=\"" + base + "checkpoint\">checkpoint</a>") +
                cell(headings[2], "<a href=\"" + base + "vkeys\">vkeys</a>") + "</tr>";
    }
    return paragraph(in(language,
                        "Every commitment, record, key and rule has an entry in this log, to which one can "
                        "only add. It holds "
                        "digests and tells nothing of anybody. Who keeps an older checkpoint can prove that "
                        "nothing was taken "
                        "out since.",
                        "每一份承诺、每一条记录、每一把密钥、每一版规则，都在这份只增不改的日志里有一个条目。"
                        "条目只含摘要，不含任何人的信息。"
                        "保存过旧检查点的人，可以证明此后没有任何条目被删改。")) +
           table(in(language, "Shards of the log", "日志分片"), headings, body);
}

Route log_route(Shared window) {
    return {Method::get, "/window/log",
            [window](Request& request) -> awaitable<Response> {
                Language const language = language_of(request);
                co_return page(request, framed_page(page_log, language, shards(*window, language)));
            },
            allow_query(Policy::everyone(), {word_parameter<domain::Language>("lang")})};
}

// -------------------------------------------------------------------------------------------- verification

/// The script fills #verify; without one, the page says how to check it otherwise.
Route verify_route() {
    return {Method::get, "/window/verify",
            [](Request& request) -> awaitable<Response> {
                Language const language = language_of(request);
                std::string const main =
                    paragraph(in(language,
                                 "Give a receipt or a record here. It is checked in this browser and is not "
                                 "sent anywhere.",
                                 "请在此给出回执或者记录。核验在本浏览器内进行，文件不会上传。")) +
                    "<div id=\"verify\"></div><noscript>" +
                    paragraph(in(language,
                                 "Without scripts this page cannot check anything; the program "
                                 "sponsio-verify can: sponsio-verify "
                                 "receipt --receipt commitment.json --vkey log.vkeys",
                                 "未启用脚本时本页无法核验，可用 sponsio-verify 程序：sponsio-verify receipt "
                                 "--receipt commitment.json "
                                 "--vkey log.vkeys")) +
                    "</noscript>";
                co_return page(request,
                               framed_page(page_verify, language, main, console_path("verify-", ".js")));
            },
            allow_query(Policy::everyone(), {word_parameter<domain::Language>("lang")})};
}

}  // namespace

std::vector<Route> public_page_routes(PublicPages given) {
    auto const window = std::make_shared<PublicPages const>(std::move(given));
    std::vector<Route> routes;
    routes.push_back(question_route(window));
    routes.push_back(verify_route());
    routes.push_back(publicity_route(window));
    routes.push_back(draws_route(window));
    routes.push_back(inspections_route(window));
    routes.push_back(log_route(window));
    return routes;
}

}  // namespace sponsio::api

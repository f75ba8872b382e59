#include "server/api/page_frame.hpp"

#include "server/api/console.hpp"
#include "server/api/markup.hpp"

namespace sponsio::api {
namespace {

using http::Language;

constexpr PublicPage const* pages[] = {&page_question, &page_verify,      &page_publicity,
                                       &page_draws,    &page_inspections, &page_log};

std::string anchor(std::string_view href, std::string_view text, std::string_view more = {}) {
    return "<a href=\"" + escaped(href) + "\"" + std::string(more) + ">" + escaped(text) + "</a>";
}

std::string navigation(PublicPage const& here, Language language) {
    std::string list;
    for (PublicPage const* page : pages)
        list += "<li>" +
                anchor(window_link(*page, language), in(language, page->en, page->zh),
                       page->path == here.path ? " aria-current=\"page\"" : "") +
                "</li>";
    return "<nav aria-label=\"" + std::string(in(language, "Pages", "栏目")) + "\"><ul>" + list +
           "</ul></nav>";
}

}  // namespace

std::string_view word_of(Language language) {
    return language == Language::english ? "en" : "zh";
}

Language language_of(http::Request const& request) {
    auto const asked = request.query("lang");
    if (!asked) return request.language;
    return *asked == "en" ? Language::english : Language::chinese;
}

std::string window_link(PublicPage const& page, Language language, std::string_view query) {
    return "/window" + std::string(page.path.empty() ? "" : "/") + std::string(page.path) +
           "?lang=" + std::string(word_of(language)) + std::string(query);
}

std::string framed_page(PublicPage const& page, Language language, std::string_view main,
                        std::string_view script, std::string_view query) {
    std::string const title(in(language, page.en, page.zh)), style = console_path("window-", ".css");
    std::string_view const site =
        in(language, "Notice and commitment: the public window", "证明事项告知承诺 · 公众窗口");
    Language const other = language == Language::english ? Language::chinese : Language::english;
    std::string head =
        "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
        escaped(title) + " · " + std::string(site) + "</title>";
    if (!style.empty()) head += "<link rel=\"stylesheet\" href=\"" + style + "\">";
    if (!script.empty()) head += "<script type=\"module\" src=\"" + std::string(script) + "\"></script>";
    std::string_view const other_name = other == Language::english ? "English" : "中文";
    return "<!doctype html><html lang=\"" + std::string(http::tag(language)) + "\"><head>" + head +
           "</head><body><a class=\"skip\" href=\"#main\">" +
           std::string(in(language, "Skip to the content", "跳到正文")) + "</a><header><p class=\"site\">" +
           std::string(site) + "</p>" +
           anchor(window_link(page, other, query), other_name,
                  " lang=\"" + std::string(http::tag(other)) + "\" hreflang=\"" +
                      std::string(http::tag(other)) + "\"") +
           "</header>" + navigation(page, language) + "<main id=\"main\" tabindex=\"-1\"><h1>" +
           escaped(title) + "</h1>" + std::string(main) + "</main></body></html>\n";
}

}  // namespace sponsio::api

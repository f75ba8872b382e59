#include "server/api/papers.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

constexpr http::Literal pdf_type = "application/pdf";

bool is_english(Request const& request) {
    return request.language == http::Language::english;
}

struct Line {
    char const* en;
    char const* zh;
};

/// What whoever promises says, whatever the matter (domain::NoticePoint tells them the rest).
constexpr Line promise[] = {
    {"Promise", "承诺"},
    {"I have read and understood this notice.", "一、已经知晓并理解告知事项的全部内容。"},
    {"I meet the conditions that it states, and what I promise is true.",
     "二、符合告知的条件，承诺的内容真实。"},
    {"I accept to be checked, and help with it.", "三、接受并配合核查。"},
    {"If it is untrue I bear the consequences that the notice states.",
     "四、承诺不实的，愿意承担告知书载明的法律责任。"},
    {"What I promise: ________________________________________",
     "承诺内容：________________________________________"},
};

constexpr Line signature[] = {{"Signed by: ________________", "承诺人（签名）：________________"},
                              {"Day: ________________", "日期：________________"}};

std::string in(Line const& text, bool english) {
    return english ? text.en : text.zh;
}

}  // namespace

paper::Paper paper_of_document(Json const& document, Request const& request) {
    bool const english = is_english(request);
    auto made = paper::paper_of(document.at("text").at(english ? "en" : "zh").as_string(), english);
    if (!made) throw Failure("a document that is no paper");
    made->digest = document.at("digest_sha256").as_string();
    made->made_at = document.at("made_at").as_string();
    return std::move(*made);
}

paper::Paper paper_of_notice(Json const& notice, Request const& request) {
    bool const english = is_english(request);
    std::string const& text = notice.at("text").at(english ? "en" : "zh").as_string();
    auto lines = paper::lines_of(text);
    Json const* const name = notice.at("given_to").find("name");
    paper::Paper made{
        .english = english,
        .organ = lines.at(1),
        .title = english ? "Notice and commitment" : "证明事项告知承诺书",
        .number = (english ? "No. " : "编号 ") + notice.at("notice_id").as_string(),
        .addressee = name && name->is_string() ? name->as_string() + (english ? ":" : "：") : "",
        .digest = notice.at("digest_sha256").as_string(),
        .made_at = notice.at("issued_at").as_string()};
    made.paragraphs.assign(lines.begin() + 2, lines.end());
    for (Line const& line : promise) made.paragraphs.push_back(in(line, english));
    for (Line const& line : signature) made.closing.push_back(in(line, english));
    return made;
}

Response drawn(std::string pdf, std::string const& name, Request const& request) {
    Response response{.content_type = pdf_type, .body = std::move(pdf)};
    response.set("Content-Language", std::string(http::tag(request.language)));
    response.set("Content-Disposition", attachment(name + ".pdf"));
    return response;
}

}  // namespace sponsio::api

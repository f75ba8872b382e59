#include "server/paper/paper.hpp"

#include <algorithm>

namespace sponsio::paper {
namespace {

json::Array array_of(std::vector<std::string> const& lines) {
    json::Array array;
    for (std::string const& line : lines) array.push_back(line);
    return array;
}

std::vector<std::string> texts_of(json::Value const& array) {
    std::vector<std::string> lines;
    for (json::Value const& line : array.as_array()) lines.push_back(line.as_string());
    return lines;
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        std::size_t const end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string Paper::to_text() const {
    return json::write(json::Object{{"language", english ? "en" : "zh-CN"},
                                    {"organ", organ},
                                    {"title", title},
                                    {"number", number},
                                    {"addressee", addressee},
                                    {"paragraphs", array_of(paragraphs)},
                                    {"closing", array_of(closing)},
                                    {"digest_sha256", digest},
                                    {"made_at", made_at}});
}

Paper Paper::from_text(std::string const& text) {
    auto const said = json::parse(text).value();
    return {.english = said.at("language").as_string() == "en",
            .organ = said.at("organ").as_string(),
            .title = said.at("title").as_string(),
            .number = said.at("number").as_string(),
            .addressee = said.at("addressee").as_string(),
            .paragraphs = texts_of(said.at("paragraphs")),
            .closing = texts_of(said.at("closing")),
            .digest = said.at("digest_sha256").as_string(),
            .made_at = said.at("made_at").as_string()};
}

std::optional<Paper> paper_of(std::string_view text, bool english) {
    auto lines = lines_of(text);
    if (lines.size() < 5) return std::nullopt;
    std::size_t const space = lines[1].rfind(' ');
    if (space == std::string::npos) return std::nullopt;
    Paper paper{.english = english,
                .organ = lines[0],
                .title = lines[1].substr(0, space),
                .number = lines[1].substr(space + 1),
                .addressee = lines[2],
                .closing = {english ? "(seal)" : "（印章）", lines.back()}};
    paper.paragraphs.assign(lines.begin() + 3, lines.end() - 1);
    return paper;
}

}  // namespace sponsio::paper

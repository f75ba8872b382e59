#include "server/app/vocabulary.hpp"

#include "server/app/closed_lists.hpp"
#include "server/app/reason_list.hpp"
#include "server/app/word_labels.hpp"
#include "server/base/form.hpp"
#include "server/domain/decode.hpp"

namespace sponsio::app {
namespace {

using domain::JsonObject;

json::Value label(std::string_view en, std::string_view zh) {
    return domain::to_json(Bilingual{.en = std::string(en), .zh = std::string(zh)});
}

json::Array lists_view() {
    json::Array lists;
    for (ClosedList const& list : closed_lists()) {
        json::Array words;
        for (std::string_view const word : list.words) {
            // A word without a label shows itself.
            Bilingual const text = label_of(list.name, word)
                                       .value_or(Bilingual{.en = std::string(word), .zh = std::string(word)});
            words.push_back(JsonObject{{"word", word}, {"label", domain::to_json(text)}});
        }
        lists.push_back(JsonObject{
            {"name", list.name}, {"about", domain::to_json(list.about)}, {"words", std::move(words)}});
    }
    return lists;
}

json::Array problems_view() {
    json::Array rows;
    for (Problem const* problem : all_problems())
        rows.push_back(JsonObject{{"type", "urn:sponsio:problem:" + std::string(problem->slug)},
                                  {"status", problem->status},
                                  {"title", label(problem->en, problem->zh)},
                                  {"page", "/problems/" + std::string(problem->slug)}});
    return rows;
}

json::Array reasons_view() {
    json::Array rows;
    for (ExplainedReason const& reason : explained_reasons())
        rows.push_back(JsonObject{{"reason", reason.word}, {"label", label(reason.en, reason.zh)}});
    return rows;
}

json::Array forms_view() {
    json::Array rows;
    for (Form const* form : all_forms()) {
        JsonObject row{{"name", form->word}, {"label", label(form->en, form->zh)}};
        if (!form->example.empty()) row.add("example", form->example);
        rows.push_back(std::move(row));
    }
    return rows;
}

json::Array units_view() {
    json::Array rows;
    for (Unit const* unit : all_units())
        rows.push_back(JsonObject{{"unit", unit->word}, {"label", label(unit->en, unit->zh)}});
    return rows;
}

std::string row(std::initializer_list<std::string> cells) {
    std::string text = "|";
    for (std::string const& cell : cells) text += " " + cell + " |";
    return text + "\n";
}

std::string code(std::string_view word) {
    return "`" + std::string(word) + "`";
}

}  // namespace

std::string vocabulary_json() {
    return json::write(JsonObject{{"lists", lists_view()},
                                  {"problems", problems_view()},
                                  {"reasons", reasons_view()},
                                  {"forms", forms_view()},
                                  {"units", units_view()}});
}

std::string errors_document() {
    std::string text =
        "# Refusals 错误类型\n\nPrinted by `sponsio problems`; do not edit by hand.\n\n"
        "A refusal is a problem document (RFC 9457). Its `type` is a name and not an address: it stays the "
        "same "
        "wherever the server is.\nThe page of each is at `/problems/` and the last part of its type; the "
        "same "
        "lists are at `/v1/vocabulary` for programs.\n"
        "错误以问题文档（RFC 9457）返回；type 为固定名称，各类型的说明页为 `/problems/` 加其最后一段，"
        "程序可读取 `/v1/vocabulary`。\n\n"
        "| type | status | en | zh |\n|---|---|---|---|\n";
    for (Problem const* problem : all_problems())
        text += row({code("urn:sponsio:problem:" + std::string(problem->slug)),
                     std::to_string(problem->status), std::string(problem->en), std::string(problem->zh)});
    text +=
        "\n## Reasons of a field 字段错误原因\n\nAn entry of `errors` has `pointer`, `reason` and `detail`, "
        "and "
        "says what would be right: `limit` (`min`, `max`, `unit`),\n`allowed` (the only words) and `form` "
        "(its "
        "`name` and an `example`), as far as they apply. There are at most 100 entries;\n`errors_left_out` "
        "counts the others.\n"
        "每条 errors 含 pointer、reason、detail，并以 limit（min、max、unit）、allowed（可用值）、"
        "form（name、example）说明正确写法；\n最多列出 100 条，其余条数见 errors_left_out。\n\n"
        "| reason | en | zh |\n|---|---|---|\n";
    for (ExplainedReason const& reason : explained_reasons())
        text += row({code(reason.word), std::string(reason.en), std::string(reason.zh)});
    text += "\n## Forms 写法\n\n| form | example | en | zh |\n|---|---|---|---|\n";
    for (Form const* form : all_forms())
        text += row({code(form->word), form->example.empty() ? "" : code(form->example),
                     std::string(form->en), std::string(form->zh)});
    text += "\n## Units of a limit 计量单位\n\n| unit | en | zh |\n|---|---|---|\n";
    for (Unit const* unit : all_units())
        text += row({code(unit->word), std::string(unit->en), std::string(unit->zh)});
    return text;
}

}  // namespace sponsio::app

#include "server/app/knowledge.hpp"

#include <fstream>
#include <sstream>

namespace sponsio::app {
namespace {

/// Files an operator named, read whole.
struct AddedFiles {
    std::vector<std::string> names;
    std::vector<std::string> texts;
    std::vector<Resource> resources;
};

Outcome<AddedFiles> read_files(std::vector<std::filesystem::path> const& paths) {
    AddedFiles files;
    for (auto const& path : paths) {
        std::ifstream in(path, std::ios::binary);
        std::ostringstream text;
        if (!in || !(text << in.rdbuf()))
            return fault(problem::invalid, "The file " + path.string() + " cannot be read.",
                         "无法读取文件 " + path.string() + "。");
        files.names.push_back(path.string());
        files.texts.push_back(std::move(text).str());
    }
    for (std::size_t i = 0; i != paths.size(); ++i)
        files.resources.push_back({files.names[i], files.texts[i]});
    return files;
}

Outcome<domain::WorkingCalendar> load_calendar(std::vector<std::filesystem::path> const& more) {
    auto const files = read_files(more);
    if (!files) return files.error();
    auto calendar = domain::WorkingCalendar::from_resources(files->resources);
    if (calendar) return calendar;
    Fault refused = calendar.error();
    refused.detail = {.en = "A calendar is not acceptable; docs/operations.md describes the form.",
                      .zh = "日历文件不符合要求，格式见 docs/operations.md。"};
    return refused;
}

}  // namespace

Outcome<Knowledge> Knowledge::load(std::vector<std::filesystem::path> const& calendars) {
    auto regions = domain::Regions::from_resources();
    if (!regions) return regions.error();
    auto calendar = load_calendar(calendars);
    if (!calendar) return calendar.error();
    auto rules = domain::Rules::from_resources();
    if (!rules) return rules.error();
    auto catalogue = domain::Catalogue::from_resources();
    if (!catalogue) return catalogue.error();
    return Knowledge{std::move(*regions), std::move(*calendar), std::move(*rules), std::move(*catalogue)};
}

}  // namespace sponsio::app

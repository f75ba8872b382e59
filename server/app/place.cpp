#include "server/app/place.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

/// How many characters have to be put in, taken out, changed, or exchanged with their neighbour (optimal
/// string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(above);
        above.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), row[j - 1] + 1, above[j] + 1});
            bool const crossed = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (crossed) row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row.back();
}

/// The names of the stores that lie beside a place where there is none.
std::vector<std::string> stores_beside(fs::path const& place) {
    std::vector<std::string> found;
    std::error_code unreadable;
    for (auto const& entry : fs::directory_iterator(place.parent_path(), unreadable))
        if (is_store(entry.path())) found.push_back(entry.path().filename().string());
    return found;
}

}  // namespace

std::string nearest(std::string_view typed, std::span<std::string const> words) {
    std::string const* best = nullptr;
    std::size_t fewest = std::max<std::size_t>(typed.size() / 3, 1) + 1;
    for (std::string const& word : words)
        if (std::size_t const d = distance(typed, word); d < fewest) {
            best = &word;
            fewest = d;
        }
    return best ? *best : std::string();
}

bool is_store(fs::path const& data) {
    std::error_code unreadable;
    // The cluster's own files may be out of this user's reach; its configuration is not.
    return fs::exists(data / "postgres" / "PG_VERSION", unreadable) ||
           fs::exists(data / "postgres-config" / "postgresql.conf", unreadable);
}

Outcome<void> require_store(fs::path const& data) {
    if (is_store(data)) return {};
    fs::path const place = fs::weakly_canonical(fs::absolute(data) / "").parent_path();
    std::string meant = nearest(place.filename().string(), stores_beside(place));
    if (!meant.empty()) meant = (place.parent_path() / meant).string();
    if (meant.empty() && is_store(place.parent_path())) meant = place.parent_path().string();
    Fault refused =
        fault(problem::not_found,
              "There is no Sponsio store at " + place.string() +
                  (meant.empty()
                       ? ". Name the directory that `sponsio serve` was given, or make one with: sponsio init"
                       : "; did you mean " + meant + "?"),
              place.string() + " 处没有 Sponsio 数据目录" +
                  (meant.empty() ? "。请指定 sponsio serve 所用的目录，或以 sponsio init 新建。"
                                 : "；是否应为 " + meant + "？"));
    refused.cause = std::string(no_store);
    return refused;
}

Outcome<void> require_parent(fs::path const& directory, std::string_view option) {
    std::error_code unreadable;
    if (fs::exists(directory, unreadable)) return {};
    fs::path const above = (fs::absolute(directory) / "").lexically_normal().parent_path().parent_path();
    if (fs::is_directory(above, unreadable)) return {};
    Fault refused =
        fault(problem::not_found,
              "There is no directory " + above.string() + " to make " + std::string(option) + " " +
                  directory.string() + " in. Correct the path, or make that directory first.",
              "目录 " + above.string() + " 不存在，无法在其中创建 " + std::string(option) + " " +
                  directory.string() + "。请更正路径，或先创建该目录。");
    refused.cause = std::string(no_store);
    return refused;
}

}  // namespace sponsio::app

#include "server/domain/assessment.hpp"

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <map>

namespace sponsio::domain {
namespace {

/// The names of a figure's place, from the nation down.
using Path = std::vector<std::string>;

struct Place {
    Share share;
    std::string unit_name{};
    bool hidden = false;
};

/// A path is sorted before those within it, and the places of one indicator stay together.
using Tree = std::map<Path, Place>;

Path path_of(CountedShare const& one) {
    Path path{"", one.region.substr(0, 2), one.region.substr(0, 4), one.region};
    if (one.unit.empty()) return path;
    path.push_back(one.unit);
    if (!one.matter.empty()) path.push_back(one.matter);
    return path;
}

Tree tree_of(std::vector<CountedShare> const& counted, Indicator indicator) {
    Tree tree;
    for (CountedShare const& one : counted) {
        if (one.indicator != indicator || one.share.denominator == 0) continue;
        Path const whole = path_of(one);
        for (std::size_t length = 1; length <= whole.size(); ++length) {
            Place& place = tree[Path(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))];
            place.share.numerator += one.share.numerator;
            place.share.denominator += one.share.denominator;
            if (length > static_cast<std::size_t>(FigureLevel::unit)) place.unit_name = one.unit_name;
        }
    }
    return tree;
}

/// Hides among places that lie within one, which is shown.
void hide_small(std::vector<Place*> siblings, std::int64_t least) {
    std::ranges::sort(siblings, {}, [](Place const* place) { return place->share.denominator; });
    std::int64_t cases = 0;
    std::size_t hidden = 0;
    for (Place* place : siblings) {
        bool const exposed = hidden != 0 && (hidden < 2 || cases < least);
        if (place->share.denominator >= least && !exposed) break;
        place->hidden = true;
        cases += place->share.denominator;
        ++hidden;
    }
}

void hide(Tree& tree, std::int64_t least) {
    std::map<Path, std::vector<Place*>> within;
    for (auto& [path, place] : tree) within[Path(path.begin(), path.end() - 1)].push_back(&place);
    // From the top: a place is visited after the one that it lies in.
    for (auto& [parent, siblings] : within) {
        auto const above = tree.find(parent);
        if (above != tree.end() && above->second.hidden)
            for (Place* place : siblings) place->hidden = true;
        else
            hide_small(siblings, least);
    }
}

Figure figure_of(Indicator indicator, Path const& path, Place const& place) {
    Figure figure{.indicator = indicator,
                  .level = static_cast<FigureLevel>(path.size() - 1),
                  .region = path[std::min<std::size_t>(path.size() - 1, 3)],
                  .unit = {},
                  .unit_name = place.unit_name,
                  .matter = {},
                  .share = {}};
    if (path.size() > 4) figure.unit = path[4];
    if (path.size() > 5) figure.matter = path[5];
    if (!place.hidden) figure.share = place.share;
    return figure;
}

std::string cell_of(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string cell = "\"";
    for (char const c : text) cell.append(c == '"' ? 2 : 1, c);
    return cell + '"';
}

/// With six decimals, always with a point.
std::string decimal(double value) {
    std::array<char, 16> digits{};
    auto const [end, failed] =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 6);
    return {digits.data(), end};
}

std::vector<std::string> numbers_of(std::optional<Share> const& share) {
    if (!share) return std::vector<std::string>(5);
    auto const [low, high] = exact_interval(*share);
    double const ratio = static_cast<double>(share->numerator) / static_cast<double>(share->denominator);
    return {std::to_string(share->numerator), std::to_string(share->denominator), decimal(ratio),
            decimal(low), decimal(high)};
}

void append_row(std::string& csv, std::vector<std::string> const& cells) {
    for (std::size_t i = 0; i != cells.size(); ++i) csv.append(i == 0 ? "" : ",").append(cell_of(cells[i]));
    csv += "\r\n";
}

}  // namespace

std::optional<Quarter> Quarter::parse(std::string_view text) {
    Quarter quarter{};
    if (text.size() != 7 || text.substr(4, 2) != "-Q" || text[6] < '1' || text[6] > '4') return std::nullopt;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + 4, quarter.year);
    if (failed != std::errc{} || end != text.data() + 4 || quarter.year < 1000) return std::nullopt;
    quarter.number = text[6] - '0';
    return quarter;
}

std::string Quarter::text() const {
    return std::to_string(year) + "-Q" + std::to_string(number);
}

Instant Quarter::begin() const {
    auto const first = static_cast<unsigned>(3 * number - 2);
    return china_midnight(Date{std::chrono::year{year}, std::chrono::month{first}, std::chrono::day{1}});
}

Instant Quarter::end() const {
    return number == 4 ? Quarter{year + 1, 1}.begin() : Quarter{year, number + 1}.begin();
}

std::vector<Figure> figures_of(std::vector<CountedShare> const& counted, std::int64_t least) {
    std::vector<Figure> figures;
    for (auto const& [indicator, word] : words<Indicator>) {
        Tree tree = tree_of(counted, indicator);
        hide(tree, least);
        for (auto const& [path, place] : tree) figures.push_back(figure_of(indicator, path, place));
    }
    return figures;
}

Interval exact_interval(Share const& share) {
    constexpr double tail = 0.025;
    auto const of = static_cast<double>(share.denominator);
    auto const holds = static_cast<double>(share.numerator);
    return {
        share.numerator == 0 ? 0 : boost::math::ibeta_inv(holds, of - holds + 1, tail),
        share.numerator == share.denominator ? 1 : boost::math::ibeta_inv(holds + 1, of - holds, 1 - tail)};
}

std::vector<FigureColumn> const& figure_columns() {
    static std::vector<FigureColumn> const columns{
        {"quarter", "the quarter, in the time of China", "季度（北京时间）"},
        {"indicator", "what is counted", "指标"},
        {"level", "how much is taken together; each row lies within one of the level before",
         "汇总层级，每行属于上一层级的一行"},
        {"region", "division code, or as much of it as the level has; empty: all",
         "行政区划代码或者其前缀，空白为全部"},
        {"unit", "unified social credit code of the unit", "单位统一社会信用代码"},
        {"unit_name", "its name at that time", "单位当时的名称"},
        {"matter", "code of the matter", "事项编码"},
        {"numerator", "cases in which it holds; empty: hidden", "符合的件数，空白为隐去"},
        {"denominator", "cases; empty: hidden", "总件数，空白为隐去"},
        {"share", "numerator by denominator", "占比"},
        {"low", "lower end of the exact 95 % interval (Clopper and Pearson)",
         "95% 精确置信区间下限（Clopper-Pearson）"},
        {"high", "upper end of it", "95% 精确置信区间上限"}};
    return columns;
}

std::string csv_of(Quarter const& quarter, std::vector<Figure> const& figures) {
    std::string csv;
    std::vector<std::string> names;
    for (FigureColumn const& column : figure_columns()) names.emplace_back(column.name);
    append_row(csv, names);
    for (Figure const& one : figures) {
        std::vector<std::string> cells{quarter.text(),
                                       std::string(word(one.indicator)),
                                       std::string(word(one.level)),
                                       one.region,
                                       one.unit,
                                       one.unit_name,
                                       one.matter};
        std::ranges::move(numbers_of(one.share), std::back_inserter(cells));
        append_row(csv, cells);
    }
    return csv;
}

}  // namespace sponsio::domain

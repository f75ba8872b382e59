#include "server/api/assessment_chart.hpp"

#include "server/api/markup.hpp"

#include <cmath>

namespace sponsio::api {
namespace {

// In the units of the picture, which a page may scale.
constexpr int label_width = 220;
constexpr int bar_width = 400;
constexpr int note_width = 180;
constexpr int row_height = 28;
constexpr int head = 56;
constexpr int foot = 28;
constexpr int width = label_width + bar_width + note_width;

int across(double share) {
    return label_width + static_cast<int>(std::lround(share * bar_width));
}

std::string percent(double share) {
    auto const tenths = std::lround(share * 1000);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

std::string tag(std::string_view name, Attributes const& attributes) {
    std::string text = "<" + std::string(name);
    for (auto const& [key, value] : attributes)
        text.append(" ").append(key).append("=\"").append(escaped(value)).append("\"");
    return text;
}

std::string line(int x1, int y1, int x2, int y2, std::string_view stroke) {
    return tag("line", {{"x1", std::to_string(x1)},
                        {"y1", std::to_string(y1)},
                        {"x2", std::to_string(x2)},
                        {"y2", std::to_string(y2)},
                        {"stroke", std::string(stroke)}}) +
           "/>";
}

std::string words(int x, int y, std::string_view text, std::string_view anchor, int size = 13) {
    return tag("text", {{"x", std::to_string(x)},
                        {"y", std::to_string(y)},
                        {"text-anchor", std::string(anchor)},
                        {"font-size", std::to_string(size)}}) +
           ">" + escaped(text) + "</text>";
}

std::string bar_of(ChartBar const& bar, int y) {
    int const middle = y + row_height / 2;
    std::string text = words(label_width - 8, middle + 5, bar.label, "end");
    text += tag("rect", {{"x", std::to_string(label_width)},
                         {"y", std::to_string(y + 5)},
                         {"width", std::to_string(across(bar.share) - label_width)},
                         {"height", std::to_string(row_height - 10)},
                         {"fill", "#2f6f9f"}}) +
            "/>";
    text += line(across(bar.low), middle, across(bar.high), middle, "#1a1a1a");
    for (double const end : {bar.low, bar.high})
        text += line(across(end), middle - 5, across(end), middle + 5, "#1a1a1a");
    return text + words(label_width + bar_width + 8, middle + 5, percent(bar.share) + "  (" + bar.cases + ")",
                        "start");
}

std::string scale_to(int bottom) {
    std::string text;
    for (int const quarter : {0, 1, 2, 3, 4}) {
        int const x = across(quarter / 4.0);
        text += line(x, head - 6, x, bottom, "#c8c8c8");
        text += words(x, bottom + 18, std::to_string(25 * quarter) + " %", "middle", 11);
    }
    return text;
}

}  // namespace

std::string chart_of(Bilingual const& title, std::vector<ChartBar> const& bars, http::Language language) {
    int const bottom = head + row_height * static_cast<int>(bars.size());
    std::string text =
        tag("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"role", "img"},
                    {"lang", language == http::Language::english ? "en" : "zh-CN"},
                    {"viewBox", "0 0 " + std::to_string(width) + " " + std::to_string(bottom + foot)},
                    {"font-family", "sans-serif"}}) +
        ">";
    text += element("title", in(language, title));
    std::string told;
    for (ChartBar const& bar : bars)
        told += (told.empty() ? "" : "; ") + bar.label + " " + percent(bar.share) + " (" + bar.cases + ")";
    text += element("desc", told.empty()
                                ? std::string(in(language, "No figure is shown.", "没有可以显示的数值。"))
                                : told);
    text += tag("rect", {{"width", "100%"}, {"height", "100%"}, {"fill", "#ffffff"}}) + "/>";
    text += words(16, 28, in(language, title), "start", 16);
    text += scale_to(bottom);
    int y = head;
    for (ChartBar const& bar : bars) {
        text += bar_of(bar, y);
        y += row_height;
    }
    return text + "</svg>\n";
}

}  // namespace sponsio::api

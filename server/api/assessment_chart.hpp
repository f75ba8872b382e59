#pragma once

#include "server/base/fault.hpp"
#include "server/http/language.hpp"

#include <string>
#include <vector>

namespace sponsio::api {

/// A share with its interval; all three between 0 and 1.
struct ChartBar {
    std::string label;
    std::string cases;  ///< "3 / 40"
    double share;
    double low;
    double high;
};

/// Horizontal bars, one below the other, each with the whiskers of its interval: SVG 1.1 without script and
/// style, whose `title` and `desc` are read out in place of the picture.
std::string chart_of(Bilingual const& title, std::vector<ChartBar> const& bars, http::Language language);

}  // namespace sponsio::api

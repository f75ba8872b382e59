#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/words.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio {

using AssessmentId = Id<struct AssessmentTag>;

}  // namespace sponsio

/// The figures by which the reform is judged, in quarters that are frozen once and that everybody may read.
namespace sponsio::domain {

/// A quarter of a year in China, written "2026-Q1".
struct Quarter {
    int year;
    int number;  ///< 1 to 4

    static std::optional<Quarter> parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    [[nodiscard]] Instant begin() const;
    /// The first instant after it.
    [[nodiscard]] Instant end() const;
};

/// Each is a share: of how many (the denominator) it holds (the numerator).
enum class Indicator {
    verified,          ///< of the promises accepted in the quarter, those whose check is closed
    checked_in_time,   ///< of the checks whose period ended in it, those that were closed within that
    inconsistent,      ///< of the checks closed in it with an answer, those that speak against the promise
    objection_upheld,  ///< of the objections decided in it, those that changed the record
    demand_corrected   ///< of the units ordered in it to correct a demand, those that are known to have
};

constexpr auto words_of(Indicator) {
    using enum Indicator;
    return std::to_array<Word<Indicator>>({{verified, "verified"},
                                           {checked_in_time, "checked_in_time"},
                                           {inconsistent, "inconsistent"},
                                           {objection_upheld, "objection_upheld"},
                                           {demand_corrected, "demand_corrected"}});
}

/// How much a figure takes together. Each lies within one of the level before it.
enum class FigureLevel { nation, province, city, county, unit, matter };

constexpr auto words_of(FigureLevel) {
    using enum FigureLevel;
    return std::to_array<Word<FigureLevel>>({{nation, "nation"},
                                             {province, "province"},
                                             {city, "city"},
                                             {county, "county"},
                                             {unit, "unit"},
                                             {matter, "matter"}});
}

struct Share {
    std::int64_t numerator = 0;
    std::int64_t denominator = 0;

    bool operator==(Share const&) const = default;
};

/// What is counted, before anything is taken together.
struct CountedShare {
    Indicator indicator;
    std::string region;  ///< six digits
    std::string unit;    ///< unified social credit code; empty: the indicator knows no unit
    std::string unit_name;
    std::string matter;  ///< code; empty: the indicator knows no matter
    Share share;
};

struct Figure {
    Indicator indicator;
    FigureLevel level;
    std::string region;  ///< empty, or its first two, four or six digits
    std::string unit;
    std::string unit_name;
    std::string matter;
    std::optional<Share> share;  ///< nothing: hidden, for it or one beside it is small

    bool operator==(Figure const&) const = default;
};

/// A share of fewer cases than this says too much of each of them.
inline constexpr std::int64_t least_cell = 10;

/// All levels of each indicator, in the order of their places; what counts nothing is not listed. A figure of
/// fewer than `least` cases is hidden, and beside it as many others, the smallest first, as make the hidden
/// ones of one place two at least and `least` cases together: then no subtraction of what is shown gives a
/// small one. What lies within a hidden figure is hidden too.
std::vector<Figure> figures_of(std::vector<CountedShare> const& counted, std::int64_t least = least_cell);

/// Two-sided 95 % interval of Clopper and Pearson, which holds its level at any number of cases.
struct Interval {
    double low;
    double high;
};

Interval exact_interval(Share const& share);

/// A column of the data set and what it holds.
struct FigureColumn {
    std::string_view name;
    std::string_view en;
    std::string_view zh;
};

std::vector<FigureColumn> const& figure_columns();

/// The data set: CSV (RFC 4180) in UTF-8 with a first row of names. The same figures give the same bytes.
std::string csv_of(Quarter const& quarter, std::vector<Figure> const& figures);

}  // namespace sponsio::domain

#include "server/domain/assessment.hpp"

#include <gmock/gmock.h>

#include <map>
#include <numeric>
#include <random>

namespace sponsio::domain {
namespace {

using ::testing::ElementsAre;

CountedShare counted(std::string region, std::string unit, std::string matter, std::int64_t numerator,
                     std::int64_t denominator) {
    return {Indicator::verified, std::move(region),       std::move(unit), "单位",
            std::move(matter),   {numerator, denominator}};
}

std::vector<std::string> shown(std::vector<Figure> const& figures) {
    std::vector<std::string> lines;
    for (Figure const& one : figures) {
        std::string line = std::string(word(one.level)) + " " + one.region + one.unit + one.matter + " ";
        line += one.share
                    ? std::to_string(one.share->numerator) + "/" + std::to_string(one.share->denominator)
                    : "-";
        lines.push_back(std::move(line));
    }
    return lines;
}

TEST(Quarters, BeginAndEndInTheTimeOfChina) {
    auto const last = Quarter::parse("2026-Q4");
    ASSERT_TRUE(last);
    EXPECT_EQ(to_rfc3339(last->begin()), "2026-09-30T16:00:00.000000Z");
    EXPECT_EQ(to_rfc3339(last->end()), "2026-12-31T16:00:00.000000Z");
    EXPECT_EQ(last->text(), "2026-Q4");
    for (auto const* bad :
         {"", "2026-Q0", "2026-Q5", "2026Q1", "26-Q1", "2026-q1", "0026-Q1", "+026-Q1", "2026-Q11"})
        EXPECT_FALSE(Quarter::parse(bad)) << bad;
}

TEST(Figures, AddUpFromMatterToNation) {
    auto const figures =
        figures_of({counted("110105", "U1", "M1", 10, 20), counted("110105", "U1", "M2", 5, 30),
                    counted("110106", "U2", "M1", 40, 40), counted("440305", "U3", "M1", 1, 50)});
    EXPECT_THAT(shown(figures),
                ElementsAre("nation  56/140", "province 11 55/90", "city 1101 55/90", "county 110105 15/50",
                            "unit 110105U1 15/50", "matter 110105U1M1 10/20", "matter 110105U1M2 5/30",
                            "county 110106 40/40", "unit 110106U2 40/40", "matter 110106U2M1 40/40",
                            "province 44 1/50", "city 4403 1/50", "county 440305 1/50", "unit 440305U3 1/50",
                            "matter 440305U3M1 1/50"));
}

TEST(Figures, HideASmallOneAndTheSmallestBesideIt) {
    auto const figures =
        figures_of({counted("110105", "U1", "M1", 1, 3), counted("110105", "U1", "M2", 5, 12),
                    counted("110105", "U1", "M3", 9, 30)});
    EXPECT_THAT(shown(figures),
                ElementsAre("nation  15/45", "province 11 15/45", "city 1101 15/45", "county 110105 15/45",
                            "unit 110105U1 15/45", "matter 110105U1M1 -", "matter 110105U1M2 -",
                            "matter 110105U1M3 9/30"));
}

TEST(Figures, HideWhatLiesWithinAHiddenOne) {
    auto const figures =
        figures_of({counted("110105", "U1", "M1", 1, 3), counted("110105", "U2", "M1", 2, 15),
                    counted("110105", "U3", "M1", 9, 30)});
    for (Figure const& one : figures) EXPECT_EQ(one.share.has_value(), one.unit.empty() || one.unit == "U3");
}

TEST(Figures, NothingSmallIsShownWhereAllIsSmall) {
    for (Figure const& one : figures_of({counted("110105", "U1", "M1", 1, 9)})) EXPECT_FALSE(one.share);
    EXPECT_TRUE(figures_of({}).empty());
    EXPECT_TRUE(figures_of({counted("110105", "U1", "M1", 0, 0)}).empty());
}

/// Gauss: which unknowns do the equations settle? One row each: coefficients, and the right side.
std::vector<bool> settled(std::vector<std::vector<double>> rows, std::size_t unknowns) {
    std::size_t rank = 0;
    std::vector<std::size_t> leading;
    for (std::size_t column = 0; column != unknowns && rank != rows.size(); ++column) {
        auto const best = std::max_element(
            rows.begin() + static_cast<std::ptrdiff_t>(rank), rows.end(),
            [column](auto const& a, auto const& b) { return std::abs(a[column]) < std::abs(b[column]); });
        if (std::abs((*best)[column]) < 1e-9) continue;
        std::swap(*best, rows[rank]);
        for (std::size_t i = 0; i != rows.size(); ++i) {
            if (i == rank) continue;
            double const times = rows[i][column] / rows[rank][column];
            for (std::size_t j = column; j <= unknowns; ++j) rows[i][j] -= times * rows[rank][j];
        }
        leading.push_back(column);
        ++rank;
    }
    std::vector<bool> known(unknowns, false);
    for (std::size_t i = 0; i != rank; ++i) {
        auto const others =
            std::count_if(rows[i].begin(), rows[i].end() - 1, [](double c) { return std::abs(c) > 1e-9; });
        if (others == 1) known[leading[i]] = true;
    }
    return known;
}

/// Somebody who has every published total, and knows that each place is the sum of those within it, solves
/// for what is hidden.
TEST(Figures, WhatIsHiddenCannotBeSolvedFor) {
    std::mt19937 random(20261130);
    std::size_t hidden_places = 0;
    for (int round = 0; round != 60; ++round) {
        std::vector<CountedShare> base;
        for (int unit = 0; unit != 12; ++unit)
            for (int matter = 0; matter != 3; ++matter)
                base.push_back(counted(
                    unit < 6 ? "11010" + std::to_string(unit % 3) : "4403" + std::to_string(10 + unit % 2),
                    "U" + std::to_string(unit), "M" + std::to_string(matter), 0,
                    std::uniform_int_distribution<int>(0, 25)(random)));
        auto const figures = figures_of(base);
        std::map<std::string, std::size_t> number;
        auto const name = [](Figure const& f) { return f.region + "|" + f.unit + "|" + f.matter; };
        for (Figure const& f : figures) number.emplace(name(f) + std::string(word(f.level)), number.size());
        auto const within = [&](Figure const& inner, Figure const& outer) {
            return static_cast<int>(inner.level) == static_cast<int>(outer.level) + 1 &&
                   inner.region.starts_with(outer.region) && inner.unit.starts_with(outer.unit) &&
                   (outer.unit.empty() || inner.unit == outer.unit);
        };
        std::vector<std::vector<double>> equations;
        std::size_t const count = figures.size();
        for (std::size_t i = 0; i != count; ++i) {
            if (figures[i].share) {
                auto& row = equations.emplace_back(count + 1);
                row[i] = 1;
                row[count] = static_cast<double>(figures[i].share->denominator);
            }
            if (figures[i].level == FigureLevel::matter) continue;
            auto& row = equations.emplace_back(count + 1);
            row[i] = -1;
            for (std::size_t j = 0; j != count; ++j)
                if (within(figures[j], figures[i])) row[j] = 1;
        }
        auto const known = settled(std::move(equations), count);
        for (std::size_t i = 0; i != count; ++i) {
            if (figures[i].share) continue;
            ++hidden_places;
            // A place with one place in it is that place: hidden with it, and no more known.
            EXPECT_FALSE(known[i]) << word(figures[i].level) << ' ' << name(figures[i]);
        }
    }
    EXPECT_GT(hidden_places, 200u);
}

/// Limits from the tables of Clopper and Pearson for 10 cases (Biometrika 26, 1934), to four places.
TEST(Intervals, AreThoseOfTheTables) {
    auto const none = exact_interval({0, 10});
    EXPECT_EQ(none.low, 0);
    EXPECT_NEAR(none.high, 0.3085, 5e-5);
    auto const half = exact_interval({5, 10});
    EXPECT_NEAR(half.low, 0.1871, 5e-5);
    EXPECT_NEAR(half.high, 0.8129, 5e-5);
    auto const all = exact_interval({10, 10});
    EXPECT_NEAR(all.low, 0.6915, 5e-5);
    EXPECT_EQ(all.high, 1);
}

TEST(DataSet, IsCsvWithNamesAndHiddenNumbersEmpty) {
    Figure figure{Indicator::verified, FigureLevel::unit, "110105", "U1", "甲, \"乙\"", "", Share{36, 40}};
    Figure hidden = figure;
    hidden.share.reset();
    EXPECT_EQ(csv_of({2026, 1}, {figure, hidden}),
              "quarter,indicator,level,region,unit,unit_name,matter,numerator,denominator,share,low,high\r\n"
              "2026-Q1,verified,unit,110105,U1,\"甲, \"\"乙\"\"\",,36,40,0.900000,0.763363,0.972075\r\n"
              "2026-Q1,verified,unit,110105,U1,\"甲, \"\"乙\"\"\",,,,,,\r\n");
}

}  // namespace
}  // namespace sponsio::domain

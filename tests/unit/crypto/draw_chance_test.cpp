// Whether chance is fair. Every stream of draws has fixed seeds, so a run is always the same run; the bounds
// are those that a fair draw would pass in all but one of a million such streams, above and below.

#include "crypto/draw/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace sponsio::crypto::draw {
namespace {

constexpr int draws = 20'000;
constexpr double z_of_one_in_a_million = 4.7534;
constexpr double good_lower_quantile = 8;  ///< degrees of freedom from which on the lower quantile is good

/// The quantile of the chi-square distribution (Wilson and Hilferty 1931; within 1 % here).
double quantile(double freedom, double z) {
    double const t = 2 / (9 * freedom);
    return freedom * std::pow(1 - t + z * std::sqrt(t), 3);
}

/// How often each outcome came, against how often it should.
class Tally {
  public:
    explicit Tally(std::vector<double> chances) : chances_(std::move(chances)), counts_(chances_.size()) {}

    static Tally uniform(std::size_t outcomes) {
        return Tally(std::vector<double>(outcomes, 1 / static_cast<double>(outcomes)));
    }

    void add(std::size_t outcome) { ++counts_.at(outcome); }

    [[nodiscard]] double chi_square() const {
        double const all = std::accumulate(counts_.begin(), counts_.end(), 0.0);
        double sum = 0;
        for (std::size_t i = 0; i != counts_.size(); ++i) {
            double const expected = all * chances_[i];
            EXPECT_GE(expected, 10) << "too few draws for outcome " << i;
            sum += (counts_[i] - expected) * (counts_[i] - expected) / expected;
        }
        return sum;
    }

    [[nodiscard]] double freedom() const { return static_cast<double>(counts_.size() - 1); }

  private:
    std::vector<double> chances_;
    std::vector<double> counts_;
};

void expect_fair(double chi_square, double freedom) {
    EXPECT_LT(chi_square, quantile(freedom, z_of_one_in_a_million)) << freedom << " degrees of freedom";
    if (freedom >= good_lower_quantile)
        EXPECT_GT(chi_square, quantile(freedom, -z_of_one_in_a_million)) << "too even to be chance";
}

void expect_fair(Tally const& tally) {
    expect_fair(tally.chi_square(), tally.freedom());
}

/// The chance of the n-th draw of a stream.
Digest nth_chance(std::string_view stream, int n) {
    Digest const seed = sha256(as_bytes("seed " + std::to_string(n)));
    return chance(seed, sha256(as_bytes(stream)), "dice=1,2,3,4", 1);
}

Plan plan_of(std::vector<Stratum> strata, unsigned assign = 0, std::uint64_t inspectors = 0) {
    Plan plan{.draw_id = {}, .assign = assign, .dice = 4, .strata = std::move(strata)};
    for (std::uint64_t i = 0; i != inspectors; ++i) plan.inspectors.push_back({0x1000 + i});
    return plan;
}

std::vector<Drawn> draw_from(Digest const& chance, Plan const& plan, std::vector<Candidate> const& objects) {
    Sampler sampler(chance, plan);
    for (Candidate const& object : objects) sampler.add(object);
    return sampler.take();
}

/// Objects 1/0, 1/1, ... of one stratum with those weights.
std::vector<Candidate> weighing(std::vector<std::uint32_t> const& weights) {
    std::vector<Candidate> objects;
    for (std::uint32_t const weight : weights)
        objects.push_back({.id = {1, objects.size()}, .stratum = 0, .weight = weight});
    return objects;
}

/// The number of (i, j) among the ordered pairs of different numbers below n.
std::size_t ordered_pair(std::size_t i, std::size_t j, std::size_t n) {
    return i * (n - 1) + j - (j > i);
}

std::size_t index_of(std::optional<InspectorRef> const& ref) {
    return ref.value().value - 0x1000;
}

/// How likely a chi-square above x is, for an even number of degrees of freedom: a Poisson sum.
double chance_above(double x, int freedom) {
    double term = std::exp(-x / 2), sum = 0;
    for (int i = 0; i != freedom / 2; ++i) {
        sum += term;
        term *= x / 2 / (i + 1);
    }
    return sum;
}

TEST(DrawChance, TheBoundsAreOneInAMillion) {
    for (int const freedom : {4, 8, 20, 58, 98}) {
        double const above = chance_above(quantile(freedom, z_of_one_in_a_million), freedom);
        double const below = 1 - chance_above(quantile(freedom, -z_of_one_in_a_million), freedom);
        EXPECT_LT(above, 1.5e-6) << freedom;
        EXPECT_GT(above, 0.3e-6) << freedom;
        if (freedom >= good_lower_quantile) EXPECT_LT(below, 1.5e-6) << freedom;
    }
}

TEST(DrawChance, EverySubsetOfAStratumIsEquallyLikely) {
    Plan const plan = plan_of({{"a", 6, 1, 2, 0}, {"b", 5, 2, 5, 0}});
    auto objects = weighing(std::vector<std::uint32_t>(11, 1));
    for (std::size_t i = 6; i != 11; ++i) objects[i].stratum = 1;
    std::map<std::uint64_t, std::size_t> names_a, names_b;  // subsets as bits, numbered as they come
    Tally a = Tally::uniform(20), b = Tally::uniform(10);
    for (int n = 0; n != draws; ++n) {
        std::uint64_t bits_a = 0, bits_b = 0;
        for (Drawn const& one : draw_from(nth_chance("subsets", n), plan, objects))
            (one.stratum == 0 ? bits_a : bits_b) |= std::uint64_t{1} << one.id.leaf;
        a.add(names_a.emplace(bits_a, names_a.size()).first->second);
        b.add(names_b.emplace(bits_b, names_b.size()).first->second);
    }
    expect_fair(a);
    expect_fair(b);
}

TEST(DrawChance, EveryObjectOfALargerStratumIsEquallyLikely) {
    constexpr std::size_t size = 100, wanted = 15;
    Plan const plan = plan_of({{"a", size, 0, 1, wanted}});
    auto const objects = weighing(std::vector<std::uint32_t>(size, 1));
    std::vector<double> counts(size);
    for (int n = 0; n != draws; ++n)
        for (Drawn const& one : draw_from(nth_chance("larger", n), plan, objects)) ++counts[one.id.leaf];
    // Without replacement each count varies as p(1 - p), and any two of them together as -p(1 - p)/(size -
    // 1).
    double const p = double{wanted} / size, expected = draws * p;
    double sum = 0;
    for (double const count : counts) sum += (count - expected) * (count - expected) / (expected * (1 - p));
    expect_fair(sum * (size - 1) / size, size - 1);
}

TEST(DrawChance, ANeighbourInTheLogSaysNothing) {
    Plan const plan = plan_of({{"a", 10, 0, 1, 2}});
    auto const objects = weighing(std::vector<std::uint32_t>(10, 1));
    Tally pairs = Tally::uniform(90);
    for (int n = 0; n != draws; ++n) {
        auto const drawn = draw_from(nth_chance("neighbours", n), plan, objects);
        pairs.add(ordered_pair(drawn[0].id.leaf, drawn[1].id.leaf, 10));
    }
    expect_fair(pairs);
}

TEST(DrawChance, AWeightIsThatManyLots) {
    std::vector<std::uint32_t> const weights{1, 1, 2, 3, 5, 16};
    double const all = std::accumulate(weights.begin(), weights.end(), 0.0);
    Plan const plan = plan_of({{"a", weights.size(), 0, 1, 2}});
    auto const objects = weighing(weights);
    // First by its share of the lots, then by its share of those that are left.
    std::vector<double> first_chances, pair_chances;
    for (std::size_t i = 0; i != weights.size(); ++i) {
        first_chances.push_back(weights[i] / all);
        for (std::size_t j = 0; j != weights.size(); ++j)
            if (j != i) pair_chances.push_back(weights[i] / all * weights[j] / (all - weights[i]));
    }
    Tally first(first_chances), pairs(pair_chances), unweighted = Tally::uniform(weights.size());
    for (int n = 0; n != draws; ++n) {
        auto const drawn = draw_from(nth_chance("weights", n), plan, objects);
        first.add(drawn[0].id.leaf);
        unweighted.add(drawn[0].id.leaf);
        pairs.add(ordered_pair(drawn[0].id.leaf, drawn[1].id.leaf, weights.size()));
    }
    expect_fair(first);
    expect_fair(pairs);
    EXPECT_GT(unweighted.chi_square(), 10 * quantile(5, z_of_one_in_a_million)) << "the test can tell";
}

TEST(DrawChance, WhatFallsDecidesWhateverTheSeed) {
    Plan const plan = plan_of({{"a", 6, 0, 1, 1}});
    auto const objects = weighing(std::vector<std::uint32_t>(6, 1));
    Digest const seed = sha256(as_bytes("one seed")), pool = sha256(as_bytes("one pool"));
    Tally first = Tally::uniform(6);
    for (unsigned n = 0; n != 6 * 6 * 6 * 6; ++n) {
        std::vector<unsigned> const dice{n % 6 + 1, n / 6 % 6 + 1, n / 36 % 6 + 1, n / 216 + 1};
        auto const chance = draw::chance(seed, pool, public_input(plan, dice, "").value(), 1);
        first.add(draw_from(chance, plan, objects)[0].id.leaf);
    }
    expect_fair(first);
}

TEST(DrawChance, EveryPairOfInspectorsIsEquallyLikelyOnEitherSeat) {
    Plan const plan = plan_of({{"a", 1, 1, 1, 0}}, 2, 6);
    std::vector<InspectorRef> const barred{plan.inspectors[3]};
    Tally free = Tally::uniform(30), with_barred = Tally::uniform(20);
    for (int n = 0; n != draws; ++n) {
        Assigner const assigner(nth_chance("inspectors", n), plan);
        Seats const seats = assigner.seats("1/1", {}).value();
        free.add(ordered_pair(index_of(seats[0]), index_of(seats[1]), 6));
        Seats const others = assigner.seats("1/1", barred).value();
        auto const without = [](std::size_t i) { return i - (i > 3); };
        ASSERT_TRUE(index_of(others[0]) != 3 && index_of(others[1]) != 3);
        with_barred.add(ordered_pair(without(index_of(others[0])), without(index_of(others[1])), 5));
    }
    expect_fair(free);
    expect_fair(with_barred);
}

TEST(DrawChance, WhoReplacesARecusedOneIsEquallyLikely) {
    Plan const plan = plan_of({{"a", 1, 1, 1, 0}}, 2, 5);
    Tally triples = Tally::uniform(60), twice = Tally::uniform(60);
    auto const triple = [](std::size_t i, std::size_t j, std::size_t k) {
        return ordered_pair(i, j, 5) * 3 + k - (k > std::min(i, j)) - (k > std::max(i, j));
    };
    for (int n = 0; n != draws; ++n) {
        Assigner const assigner(nth_chance("recusals", n), plan);
        Seats const before = assigner.seats("1/1", {}).value();
        Seats const after = assigner.seats("1/1", {}, std::vector{*before[0]}).value();
        Seats const later = assigner.seats("1/1", {}, std::vector{*before[0], *after[0]}).value();
        ASSERT_EQ(after[1], before[1]);
        ASSERT_EQ(later[1], before[1]);
        triples.add(triple(index_of(before[0]), index_of(before[1]), index_of(after[0])));
        twice.add(triple(index_of(before[0]), index_of(after[0]), index_of(later[0])));
    }
    expect_fair(triples);
    expect_fair(twice);
}

TEST(DrawChance, InspectorsOfOneObjectSayNothingOfAnother) {
    Plan const plan = plan_of({{"a", 4, 0, 1, 1}}, 1, 5);
    auto const objects = weighing(std::vector<std::uint32_t>(4, 1));
    Tally neighbours = Tally::uniform(25), with_object = Tally::uniform(20);
    for (int n = 0; n != draws; ++n) {
        Digest const chance = nth_chance("both", n);
        Assigner const assigner(chance, plan);
        auto const inspector = [&](ObjectId const& id) {
            return index_of(assigner.seats(id.text(), {}).value()[0]);
        };
        neighbours.add(inspector({1, 0}) * 5 + inspector({1, 1}));
        ObjectId const drawn = draw_from(chance, plan, objects)[0].id;
        with_object.add(drawn.leaf * 5 + inspector(drawn));
    }
    expect_fair(neighbours);
    expect_fair(with_object);
}

}  // namespace
}  // namespace sponsio::crypto::draw

#include "crypto/draw/draw.hpp"

#include "crypto/keys/prepared_hmac.hpp"
#include "tests/unit/crypto/draw_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sponsio::crypto::draw {
namespace {

using test::hex;

// ---------------------------------------------------------------------------------------- small things
TEST(PreparedHmac, IsHmac) {
    for (std::uint8_t n = 0; n != 50; ++n) {
        Digest const key = sha256(Bytes{n});
        PreparedHmac const prepared(key);
        for (std::size_t const length : {0U, 1U, 36U, 55U, 56U, 63U, 64U, 65U, 200U}) {
            std::string const text(length, static_cast<char>('a' + n % 26));
            EXPECT_EQ(prepared(text), hmac_sha256(key, as_bytes(text))) << length;
        }
    }
}

TEST(DrawIds, HaveOneSpelling) {
    for (std::string_view const text : {"1/0", "65535/9007199254740991", "17/42"})
        EXPECT_EQ(ObjectId::parse(text).value().text(), text);
    for (std::string_view const text : {"", "/", "1", "1/", "/1", "0/1", "01/1", "1/01", "1/-1", "65536/0",
                                        "1/1/1", "1/ 1", "1/9007199254740992", "18446744073709551617/1"})
        EXPECT_FALSE(ObjectId::parse(text)) << text;
    for (std::string_view const text : {"0000000000000000", "0123456789abcdef", "ffffffffffffffff"})
        EXPECT_EQ(InspectorRef::parse(text).value().text(), text);
    for (std::string_view const text : {"", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF",
                                        "0x23456789abcdef", "-123456789abcdef"})
        EXPECT_FALSE(InspectorRef::parse(text)) << text;
    EXPECT_LT((ObjectId{2, 5}), (ObjectId{10, 3})) << "as numbers, not as text";
}

TEST(Stratum, DrawsTheShareRoundedUpAndAtLeastTheMinimum) {
    struct Case {
        std::uint64_t objects;
        std::uint32_t numerator, denominator;
        std::uint64_t minimum, wanted;
    };

    for (Case const& c : std::vector<Case>{{0, 1, 1, 5, 0},
                                           {1, 1, 1'000'000, 0, 1},
                                           {100, 1, 100, 0, 1},
                                           {101, 1, 100, 0, 2},
                                           {100, 0, 100, 0, 0},
                                           {100, 0, 1, 7, 7},
                                           {5, 0, 1, 7, 5},
                                           {10, 1, 1, 0, 10},
                                           {3'000, 1, 3, 999, 1'000},
                                           {1'000'000'000, 999'999, 1'000'000, 0, 999'999'000}})
        EXPECT_EQ((Stratum{"s", c.objects, c.numerator, c.denominator, c.minimum}.wanted()), c.wanted)
            << c.objects << " " << c.numerator << "/" << c.denominator << " " << c.minimum;
}

TEST(PublicInput, IsExactlyWhatWasPromised) {
    Plan plan = plan_of({{"s", 1}});
    std::vector<unsigned> const dice{3, 5, 1, 6};
    EXPECT_EQ(public_input(plan, dice, "").value(), "dice=3,5,1,6");
    plan.beacon = Beacon{"nist.beacon-2", 12};
    EXPECT_EQ(public_input(plan, dice, "00ff").value(), "dice=3,5,1,6;beacon=nist.beacon-2:12:00ff");
    plan.dice = 0;
    EXPECT_EQ(public_input(plan, {}, "00ff").value(), "beacon=nist.beacon-2:12:00ff");

    auto const where = [](Result<std::string> const& result) {
        EXPECT_EQ(result.error().code, draw_error::bad_public_input);
        return result.error().where;
    };
    EXPECT_EQ(where(public_input(plan, dice, "00ff")), "/dice");
    EXPECT_EQ(where(public_input(plan, {}, "")), "/beacon");
    for (std::string const& value :
         {std::string("0"), std::string("0g"), std::string("FF"), std::string(258, 'a'), std::string("00 1")})
        EXPECT_EQ(where(public_input(plan, {}, value)), "/beacon") << value;
    EXPECT_TRUE(public_input(plan, {}, std::string(256, 'a')));
    plan.beacon.reset();
    plan.dice = 4;
    EXPECT_EQ(where(public_input(plan, dice, "00ff")), "/beacon");
    for (std::vector<unsigned> const& wrong : std::vector<std::vector<unsigned>>{
             {}, {1, 2, 3}, {1, 2, 3, 4, 5}, {0, 1, 2, 3}, {1, 2, 3, 7}, {1, 2, 3, 10}})
        EXPECT_EQ(where(public_input(plan, wrong, "")), "/dice");
}

TEST(PublicInput, HasOneSpelling) {
    Plan plan = plan_of({{"s", 1}});
    plan.beacon = Beacon{"d", 7};
    EXPECT_TRUE(check_public_input(plan, "dice=1,2,3,4;beacon=d:7:ab"));
    for (std::string_view const text :
         {"", "dice=1,2,3,4", "beacon=d:7:ab", "beacon=d:7:ab;dice=1,2,3,4", "dice=1,2,3,4;beacon=d:7:ab;",
          "dice=1,2,3,4;;beacon=d:7:ab", "dice=1,2,3,4;beacon=d:8:ab", "dice=1,2,3,4;beacon=e:7:ab",
          "dice=1,2,3,4;beacon=d:7:aB", "dice=1,2,3,4;beacon=d:7:", "dice=1 2 3 4;beacon=d:7:ab",
          "Dice=1,2,3,4;beacon=d:7:ab", "dice=1,2,3,4;beacon=d:07:ab", "dice=1,2,3,4;beacon=d:7:ab\n"})
        EXPECT_FALSE(check_public_input(plan, text)) << text;
    plan.beacon.reset();
    EXPECT_TRUE(check_public_input(plan, "dice=1,2,3,4"));
    EXPECT_FALSE(check_public_input(plan, "dice=1,2,3,4;"));
}

TEST(Chance, IsAnHmacOverPoolAndInput) {
    Bytes const seed = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    Digest const pool = sha256(as_bytes("pool"));
    EXPECT_EQ(chance(seed, pool, "dice=3,5,1,6", 1),
              hmac_sha256(seed, as_bytes("sponsio-draw/v1\n" + to_hex(pool) + "\ndice=3,5,1,6\n")));
    EXPECT_EQ(chance(seed, pool, "dice=3,5,1,6", 2),
              hmac_sha256(seed, as_bytes("sponsio-draw/v2\n" + to_hex(pool) + "\ndice=3,5,1,6\n")));
    EXPECT_EQ(seed_commitment(seed), sha256(seed));
}

// -------------------------------------------------------------------------------------------- sampling
TEST(Sampler, BreaksTiesByPlaceInTheLog) {
    Drawn const two{.id = {2, 5}, .ticket = numbered(1)};
    Drawn const ten{.id = {10, 3}, .ticket = numbered(1)};
    Drawn const first{.id = {99, 9}, .ticket = numbered(0)};
    EXPECT_TRUE(before(two, ten));
    EXPECT_FALSE(before(ten, two));
    EXPECT_FALSE(before(two, two));
    EXPECT_TRUE(before(first, two));
    EXPECT_FALSE(before(two, first));
}

TEST(Sampler, TakesTheSmallestTicketsInWhateverOrderObjectsCome) {
    Plan const plan =
        plan_of({{"a", 300, 1, 10, 0}, {"b", 300, 0, 1, 7}, {"c", 300, 0, 1, 0}, {"d", 2, 1, 2, 5}});
    Digest const chance = sha256(as_bytes("a chance"));
    Digest const key = hmac_sha256(chance, as_bytes("objects"));
    std::vector<Drawn> all;
    for (std::uint64_t leaf = 0; leaf != 902; ++leaf) {
        ObjectId const id{1 + leaf % 11, leaf};
        all.push_back({.id = id,
                       .stratum = static_cast<std::uint32_t>(leaf / 300),
                       .ticket = hmac_sha256(key, as_bytes(id.text())),
                       .barred = {plan.inspectors[leaf % 4]}});
    }
    auto const drawn_from = [&](std::vector<Drawn> const& objects) {
        Sampler sampler(chance, plan);
        for (Drawn const& one : objects)
            sampler.add({.id = one.id, .stratum = one.stratum, .barred = one.barred});
        auto drawn = sampler.take();
        EXPECT_TRUE(sampler.take().empty());
        return drawn;
    };
    std::vector<Drawn> expected;
    for (std::uint32_t stratum = 0; stratum != 4; ++stratum) {
        std::vector<Drawn> members;
        std::ranges::copy_if(all, std::back_inserter(members),
                             [&](Drawn const& d) { return d.stratum == stratum; });
        std::ranges::sort(members, before);
        members.resize(plan.strata[stratum].wanted());
        expected.insert(expected.end(), members.begin(), members.end());
    }
    ASSERT_EQ(expected.size(), 30U + 7U + 0U + 2U);
    EXPECT_EQ(drawn_from(all), expected);
    std::ranges::reverse(all);
    EXPECT_EQ(drawn_from(all), expected);
    std::ranges::sort(all, before);
    EXPECT_EQ(drawn_from(all), expected);
}

TEST(Sampler, WeightIsThatManyLots) {
    Plan const plan = plan_of({{"a", 1, 1, 1, 0}});
    Digest const chance = sha256(as_bytes("a chance"));
    Digest const key = hmac_sha256(chance, as_bytes("objects"));
    for (std::uint32_t weight = 1; weight <= max_weight; ++weight) {
        Sampler sampler(chance, plan);
        sampler.add({.id = {7, 1'234'567}, .weight = weight});
        Digest best = hmac_sha256(key, as_bytes("7/1234567"));
        for (std::uint32_t lot = 2; lot <= weight; ++lot)
            best = std::min(best, hmac_sha256(key, as_bytes("7/1234567#" + std::to_string(lot))));
        EXPECT_EQ(sampler.take().at(0).ticket, best) << weight;
    }
}

TEST(Sampler, RefusesToKeepMoreThanItCan) {
    EXPECT_THROW(Sampler(Digest{}, plan_of({{"a", max_drawn, 1, 1, 0}, {"b", 1, 1, 1, 0}})), Failure);
}

// ----------------------------------------------------------------------------------------------- seats
class Seating : public testing::Test {
  protected:
    /// By the definition: all by their keyed digest.
    [[nodiscard]] std::vector<InspectorRef> ranking(std::vector<InspectorRef> const& barred = {}) const {
        Digest const key = hmac_sha256(chance_, as_bytes("inspectors"));
        std::vector<std::pair<Digest, InspectorRef>> ranked;
        for (InspectorRef const ref : plan_.inspectors)
            if (std::ranges::find(barred, ref) == barred.end())
                ranked.emplace_back(hmac_sha256(key, as_bytes("3/14 " + ref.text())), ref);
        std::ranges::sort(ranked);
        std::vector<InspectorRef> out;
        for (auto const& [digest, ref] : ranked) out.push_back(ref);
        return out;
    }

    [[nodiscard]] Result<Seats> seats(std::vector<InspectorRef> const& barred = {},
                                      std::vector<InspectorRef> const& recused = {}) const {
        return Assigner(chance_, plan_).seats("3/14", barred, recused);
    }

    Digest chance_ = sha256(as_bytes("another chance"));
    Plan plan_ = plan_of({{"s", 1, 1, 1, 0}}, 3, 9);
};

TEST_F(Seating, TakesTheFirstOfTheRanking) {
    auto const order = ranking();
    EXPECT_EQ(seats().value(), (Seats{order[0], order[1], order[2]}));
    std::vector<InspectorRef> barred{order[1], order[4]};
    std::ranges::sort(barred);
    EXPECT_EQ(seats(barred).value(), (Seats{order[0], order[2], order[3]}));
    plan_.assign = 0;
    EXPECT_EQ(seats().value(), Seats{});
}

TEST_F(Seating, ARecusalMovesTheNextOneUpAndNobodyElse) {
    auto const order = ranking();
    EXPECT_EQ(seats({}, {order[1]}).value(), (Seats{order[0], order[3], order[2]}));
    EXPECT_EQ(seats({}, {order[1], order[3]}).value(), (Seats{order[0], order[4], order[2]}))
        << "twice on one seat";
    EXPECT_EQ(seats({}, {order[1], order[0], order[2]}).value(), (Seats{order[4], order[3], order[5]}));
}

TEST_F(Seating, SeatsStayEmptyWhenNobodyIsLeft) {
    auto const order = ranking();
    std::vector<InspectorRef> barred = plan_.inspectors;
    EXPECT_EQ(seats(barred).value(), Seats(3)) << "all inspectors are barred";
    std::erase(barred, order[5]);
    EXPECT_EQ(seats(barred).value(), (Seats{order[5], std::nullopt, std::nullopt}));
    EXPECT_EQ(seats(barred, {order[5]}).value(), Seats(3));
    std::erase_if(barred, [&](InspectorRef ref) {
        return std::ranges::find(order.begin(), order.begin() + 4, ref) != order.begin() + 4;
    });
    std::vector<InspectorRef> const five{order[0], order[1], order[2], order[3], order[5]};
    ASSERT_EQ(ranking(barred), five);
    EXPECT_EQ(seats(barred, {five[0], five[1], five[2]}).value(), (Seats{five[3], five[4], std::nullopt}));
    plan_.inspectors.clear();
    EXPECT_EQ(seats().value(), Seats(3));
}

TEST_F(Seating, OnlyWhoHasASeatIsRecused) {
    auto const order = ranking();
    for (std::vector<InspectorRef> const& recused :
         std::vector<std::vector<InspectorRef>>{{order[3]},
                                                {order[1], order[1]},
                                                {order[4], order[1]},
                                                {{12345}},
                                                {order[0], order[3], order[0]}})
        EXPECT_EQ(seats({}, recused).error().code, draw_error::not_seated);
    std::vector<InspectorRef> const barred{order[0]};
    EXPECT_EQ(seats(barred, {order[0]}).error().code, draw_error::not_seated);
}

TEST_F(Seating, AreThoseOfOneObject) {
    Assigner const assigner(chance_, plan_);
    int differ = 0;
    for (std::uint64_t leaf = 0; leaf != 20; ++leaf)
        differ += assigner.seats(ObjectId{3, leaf}.text(), {}).value() != assigner.seats("3/14", {}).value();
    EXPECT_GE(differ, 15);
}

}  // namespace
}  // namespace sponsio::crypto::draw

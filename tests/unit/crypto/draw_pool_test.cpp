#include "crypto/draw/pool.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto::draw {
namespace {

using test::golden;

/// The lines of a small pool, numbered from 1.
std::vector<std::string> const small_pool{
    "sponsio-draw-pool/v1",                                                       // 1
    "draw 0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b",                                  // 2
    "assign 2",                                                                   // 3
    "public dice 8",                                                              // 4
    "public beacon nist.beacon-2 12",                                             // 5
    "stratum key 2 1/5 1",                                                        // 6
    "stratum ordinary 3 0/1000000 0",                                             // 7
    "inspector 00000000000000ff",                                                 // 8
    "inspector 0123456789abcdef",                                                 // 9
    "inspector ffffffffffffffff",                                                 // 10
    "object 1/0 ordinary 1",                                                      // 11
    "object 1/9 key 16 00000000000000ff",                                         // 12
    "object 1/10 ordinary 1 00000000000000ff 0123456789abcdef ffffffffffffffff",  // 13
    "object 2/3 key 1",                                                           // 14
    "object 10/9007199254740991 ordinary 2 ffffffffffffffff"};                    // 15

std::string joined(std::vector<std::string> const& lines) {
    std::string text;
    for (std::string const& line : lines) text += line + "\n";
    return text;
}

/// A candidate that outlives the reader.
struct Seen {
    ObjectId id;
    std::uint32_t stratum;
    std::uint32_t weight;
    std::vector<InspectorRef> barred;

    bool operator==(Seen const&) const = default;
};

struct Read {
    Plan plan;
    std::vector<Seen> objects;
    std::optional<Digest> digest;
    std::optional<Error> error;
    int plans = 0;  ///< how often the plan was told
};

Read read(std::string_view text, std::size_t piece = SIZE_MAX) {
    Read out;
    PoolReader reader({.plan =
                           [&](Plan const& plan) {
                               EXPECT_TRUE(out.objects.empty());
                               EXPECT_TRUE(plan.check());
                               ++out.plans;
                           },
                       .object =
                           [&](Candidate const& object) {
                               out.objects.push_back({object.id,
                                                      object.stratum,
                                                      object.weight,
                                                      {object.barred.begin(), object.barred.end()}});
                           }});
    for (std::size_t at = 0; at < text.size() && !out.error; at += std::min(piece, text.size() - at))
        if (auto const good = reader.feed(text.substr(at, piece)); !good) out.error = good.error();
    if (!out.error) {
        if (auto const digest = reader.finish())
            out.digest = *digest;
        else
            out.error = digest.error();
    }
    out.plan = reader.plan();
    return out;
}

std::string write(Plan const& plan, std::vector<Seen> const& objects, Digest* digest = nullptr) {
    std::string text;
    PoolWriter writer(plan, [&](std::string_view piece) { text += piece; });
    for (Seen const& object : objects) writer.add({object.id, object.stratum, object.weight, object.barred});
    Digest const made = writer.finish();
    if (digest) *digest = made;
    return text;
}

TEST(DrawPool, ReadsPiecesOfAnySize) {
    std::string const text = joined(small_pool);
    Read const whole = read(text);
    ASSERT_TRUE(whole.digest) << whole.error->message;
    EXPECT_EQ(*whole.digest, sha256(as_bytes(text)));
    EXPECT_EQ(whole.plans, 1);
    EXPECT_EQ(whole.plan.draw_id, "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b");
    EXPECT_EQ(whole.plan.assign, 2U);
    EXPECT_EQ(whole.plan.dice, 8U);
    EXPECT_EQ(whole.plan.beacon, (Beacon{"nist.beacon-2", 12}));
    EXPECT_EQ(whole.plan.strata,
              (std::vector<Stratum>{{"key", 2, 1, 5, 1}, {"ordinary", 3, 0, 1'000'000, 0}}));
    EXPECT_EQ(whole.plan.inspectors,
              (std::vector<InspectorRef>{{0xFF}, {0x0123456789abcdef}, {~std::uint64_t{0}}}));
    ASSERT_EQ(whole.objects.size(), 5U);
    EXPECT_EQ(whole.objects[1], (Seen{{1, 9}, 0, 16, {{0xFF}}}));
    EXPECT_EQ(whole.objects[2].barred, whole.plan.inspectors);
    EXPECT_EQ(whole.objects[4].id, (ObjectId{10, 9'007'199'254'740'991}));
    for (std::size_t piece = 1; piece != 80; ++piece) {
        Read const again = read(text, piece);
        EXPECT_EQ(again.digest, whole.digest) << piece;
        EXPECT_EQ(again.objects, whole.objects) << piece;
    }
}

TEST(DrawPool, WritesWhatItReads) {
    for (std::string const& text : {joined(small_pool), golden("draw/draw-pool.txt") + "\n"}) {
        Read const pool = read(text);
        ASSERT_TRUE(pool.digest) << pool.error->message;
        Digest digest{};
        EXPECT_EQ(write(pool.plan, pool.objects, &digest), text);
        EXPECT_EQ(digest, *pool.digest);
    }
}

TEST(DrawPool, WritesLargePoolsInPieces) {
    Plan plan = read(joined(small_pool)).plan;
    plan.strata = {{.name = "all", .objects = 20'000, .numerator = 1, .denominator = 100}};
    std::string text;
    std::size_t largest = 0;
    PoolWriter writer(plan, [&](std::string_view piece) {
        text += piece;
        largest = std::max(largest, piece.size());
    });
    for (std::uint64_t leaf = 0; leaf != 20'000; ++leaf)
        writer.add({.id = {3, leaf}, .barred = plan.inspectors});
    Digest const digest = writer.finish();
    EXPECT_GT(text.size(), 1'000'000U);
    EXPECT_LT(largest, 70'000U);
    EXPECT_EQ(read(text).digest, digest);
    EXPECT_EQ(read(text).objects.size(), 20'000U);
}

/// What is wrong with the small pool when one line has become `line`; an empty one is left out, and a line
/// feed in it makes two.
struct Wrong {
    std::size_t number;
    std::string line;
    std::string_view code;
    std::size_t at;  ///< line that is named
};

TEST(DrawPool, NamesTheLineThatIsWrong) {
    namespace e = draw_error;
    std::string const dice_100 = "public dice 100", dice = "public dice 8";
    for (Wrong const& wrong :
         std::vector<Wrong>{{1, "sponsio-draw-pool/v2", e::bad_line, 1},
                            {1, " sponsio-draw-pool/v1", e::bad_line, 1},
                            {1, "\xEF\xBB\xBFsponsio-draw-pool/v1", e::bad_line, 1},
                            {1, "", e::bad_line, 1},
                            {1, "\n", e::bad_line, 1},
                            {2, "", e::out_of_order, 2},
                            {2, "draw 0192F0C4-6b7a-7c3e-9a51-3c2d1e0f4a5b", e::bad_line, 2},
                            {2, "draw 0192f0c46b7a7c3e9a513c2d1e0f4a5b", e::bad_line, 2},
                            {2, small_pool[1] + "\n" + small_pool[1], e::out_of_order, 3},
                            {2, "Draw 0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b", e::bad_line, 2},
                            {3, "", e::out_of_order, 3},
                            {3, "assign", e::bad_line, 3},
                            {3, "assign 6", e::bad_number, 3},
                            {3, "assign 02", e::bad_number, 3},
                            {3, "assign -1", e::bad_number, 3},
                            {3, "assign +1", e::bad_number, 3},
                            {3, "assign 2 2", e::bad_number, 3},
                            {3, "assign  2", e::bad_number, 3},
                            {3, "assign 2 ", e::bad_line, 3},
                            {3, "assign 2\r", e::line_end, 3},
                            {3, "assign 2\t", e::bad_number, 3},
                            {3, "assign 2\n", e::bad_line, 4},
                            {4, "public dice 3", e::bad_number, 4},
                            {4, "public dice 101", e::bad_number, 4},
                            {4, "public dice x", e::bad_number, 4},
                            {4, "public coins 8", e::bad_line, 4},
                            {4, dice + "\n" + dice, e::out_of_order, 5},
                            {5, "public beacon NIST 12", e::bad_line, 5},
                            {5, "public beacon nist", e::bad_number, 5},
                            {5, "public beacon nist 12 1", e::bad_number, 5},
                            {5, "public beacon nist 9007199254740992", e::bad_number, 5},
                            {5, "public beacon " + std::string(101, 'a') + " 12", e::bad_line, 5},
                            {5, small_pool[4] + "\n" + dice, e::out_of_order, 6},
                            {5, small_pool[4] + "\n" + small_pool[4], e::out_of_order, 6},
                            {6, "stratum Key 2 1/5 1", e::bad_line, 6},
                            {6, "stratum " + std::string(41, 'k') + " 2 1/5 1", e::bad_line, 6},
                            {6, "stratum  2 1/5 1", e::bad_line, 6},
                            {6, "stratum key 2 6/5 1", e::bad_number, 6},
                            {6, "stratum key 2 0/0 1", e::bad_number, 6},
                            {6, "stratum key 2 1/1000001 1", e::bad_number, 6},
                            {6, "stratum key 2 15 1", e::bad_number, 6},
                            {6, "stratum key 2 1/5/5 1", e::bad_number, 6},
                            {6, "stratum key 2 1/5", e::bad_number, 6},
                            {6, "stratum key 2 1/5 1 1", e::bad_number, 6},
                            {6, "stratum key 2 1/5 1000000001", e::bad_number, 6},
                            {6, "stratum key 1000000001 1/5 1", e::bad_number, 6},
                            {6, "stratum key 2 1/5 01", e::bad_number, 6},
                            {6, "stratum key 1000000000 1/5 1", e::too_large, 11},
                            {6, "stratum key 1 1/5 1", e::wrong_count, 14},
                            {6, "stratum key 3 1/5 1", e::wrong_count, 6},
                            {6, "stratum ordinary 2 1/5 1", e::duplicate, 7},
                            {6, "object 1/0 key 1", e::out_of_order, 6},
                            {6, "inspector 00000000000000ff", e::out_of_order, 6},
                            {8, "inspector 00000000000000f", e::bad_line, 8},
                            {8, "inspector 00000000000000FF", e::bad_line, 8},
                            {8, "inspector 00000000000000ff ", e::bad_line, 8},
                            {8, "inspector 0123456789abcdef", e::duplicate, 9},
                            {8, "inspector fffffffffffffff0", e::out_of_order, 9},
                            {8, "", e::unknown_inspector, 11},
                            {10, small_pool[9] + "\nstratum late 0 1/1 0", e::out_of_order, 11},
                            {11, "object 1/10 ordinary 1", e::out_of_order, 12},
                            {11, "object 1/9 ordinary 1", e::duplicate, 12},
                            {11, "object 01/0 ordinary 1", e::bad_number, 11},
                            {11, "object 0/0 ordinary 1", e::bad_number, 11},
                            {11, "object 65536/0 ordinary 1", e::bad_number, 11},
                            {11, "object 1 ordinary 1", e::bad_number, 11},
                            {11, "object 1/0/0 ordinary 1", e::bad_number, 11},
                            {11, "object 1/ ordinary 1", e::bad_number, 11},
                            {11, "object  1/0 ordinary 1", e::bad_number, 11},
                            {11, "object 1/0  ordinary 1", e::unknown_stratum, 11},
                            {11, "object 1/0 ordinary  1", e::bad_weight, 11},
                            {11, "object 1/0 ordinary", e::bad_weight, 11},
                            {11, "object 1/0 ordinary 0", e::bad_weight, 11},
                            {11, "object 1/0 ordinary 17", e::bad_weight, 11},
                            {11, "object 1/0 ordinary 01", e::bad_weight, 11},
                            {11, "object 1/0 ordinary 1.5", e::bad_weight, 11},
                            {11, "object 1/0 other 1", e::unknown_stratum, 11},
                            {11, "object 1/0 ordinary 1 ", e::bad_line, 11},
                            {11, "object 1/0 ordinary 1\r", e::line_end, 11},
                            {11, "Object 1/0 ordinary 1", e::bad_line, 11},
                            {11, "", e::wrong_count, 7},
                            {12, "object 1/9 key 16 00000000000000fe", e::unknown_inspector, 12},
                            {12, "object 1/9 key 16 00000000000000ff,0123456789abcdef", e::bad_line, 12},
                            {12, "object 1/9 key 16  00000000000000ff", e::bad_line, 12},
                            {12, "object 1/9 key 16 00000000000000ff 00000000000000ff", e::duplicate, 12},
                            {12, "object 1/9 key 16 0123456789abcdef 00000000000000ff", e::out_of_order, 12},
                            {14, "object 1/3 key 1", e::out_of_order, 14},
                            {15, "object 9/9007199254740992 ordinary 2", e::bad_number, 15},
                            {15, small_pool[14] + "\ninspector fffffffffffffff0", e::out_of_order, 16},
                            {15, small_pool[14] + "\n", e::bad_line, 16}}) {
        auto lines = small_pool;
        lines[wrong.number - 1] = wrong.line;
        std::string text = joined(lines);
        if (wrong.line.empty()) {
            lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(wrong.number - 1));
            text = joined(lines);
        }
        for (std::size_t const piece : {std::size_t{7}, SIZE_MAX}) {
            Read const refused = read(text, piece);
            ASSERT_TRUE(refused.error) << wrong.number << ": " << wrong.line;
            EXPECT_EQ(refused.error->code, wrong.code) << wrong.number << ": " << wrong.line;
            EXPECT_EQ(refused.error->where, "line " + std::to_string(wrong.at)) << wrong.line;
            EXPECT_TRUE(refused.error->message.ends_with('.')) << refused.error->message;
        }
    }
}

TEST(DrawPool, RefusesPoolsThatEndTooEarly) {
    std::string const text = joined(small_pool);
    for (std::size_t length = 0; length != text.size(); ++length) {
        Read const cut = read(text.substr(0, length));
        EXPECT_TRUE(cut.error) << length;
    }
    Read const cut = read(text.substr(0, text.size() - 1));
    EXPECT_EQ(cut.error->code, draw_error::line_end);
    EXPECT_EQ(cut.error->where, "line 15");
    EXPECT_EQ(read("").error->where, "line 1");
}

TEST(DrawPool, RefusesAPoolWithoutObjectsOrPublicInput) {
    auto lines = small_pool;
    lines.resize(10);
    lines[5] = "stratum key 0 1/5 1";
    lines[6] = "stratum ordinary 0 1/5 1";
    EXPECT_EQ(read(joined(lines)).error->code, draw_error::empty_pool);
    lines = small_pool;
    lines.erase(lines.begin() + 3, lines.begin() + 5);
    Read const refused = read(joined(lines));
    EXPECT_EQ(refused.error->code, draw_error::no_public_input);
    EXPECT_EQ(refused.error->where, "line 4");
}

TEST(DrawPool, NeedsNoInspectors) {
    auto lines = small_pool;
    lines[11] = "object 1/9 key 16";
    lines[12] = "object 1/10 ordinary 1";
    lines[14] = "object 10/4 ordinary 2";
    lines.erase(lines.begin() + 7, lines.begin() + 10);
    EXPECT_TRUE(read(joined(lines)).digest);
}

TEST(DrawPool, RefusesALineWithoutEndBeforeItFillsTheMemory) {
    PoolReader reader({});
    std::string const piece(1 << 16, 'x');
    std::size_t taken = 0;
    while (reader.feed(piece)) ASSERT_LT(taken += piece.size(), 2 * max_pool_line);
    EXPECT_GT(taken + piece.size(), max_pool_line);
}

TEST(DrawPool, TheLongestLineIsTaken) {
    Plan plan = read(joined(small_pool)).plan;
    plan.inspectors.clear();
    for (std::uint64_t i = 0; i != max_inspectors; ++i)
        plan.inspectors.push_back({~std::uint64_t{0} - max_inspectors + i});
    plan.strata = {{.name = std::string(40, 's'), .objects = 1}};
    Seen const object{{65'535, 9'007'199'254'740'991}, 0, 16, plan.inspectors};
    std::string const text = write(plan, {object});
    EXPECT_EQ(read(text, 1 << 16).objects, std::vector<Seen>{object});
    std::string const one_more = text.substr(0, text.find("object ")) + "inspector ffffffffffffffff\n";
    EXPECT_EQ(read(one_more).error->code, draw_error::too_large);
}

TEST(DrawPool, WritesNothingThatItWouldNotRead) {
    Read const good = read(joined(small_pool));
    auto const with = [&](auto change) {
        Plan plan = good.plan;
        auto objects = good.objects;
        change(plan, objects);
        EXPECT_THROW((void)write(plan, objects), Failure);
    };
    with([](Plan& plan, auto&) { plan.assign = 6; });
    with([](Plan& plan, auto&) { plan.strata[0].objects = 3; });
    with([](Plan& plan, auto&) { plan.strata[0].objects = 1; });
    with([](Plan& plan, auto&) { plan.inspectors.pop_back(); });
    with([](Plan&, auto& objects) { std::swap(objects[0], objects[1]); });
    with([](Plan&, auto& objects) { objects[1].id = objects[0].id; });
    with([](Plan&, auto& objects) { objects[0].weight = 0; });
    with([](Plan&, auto& objects) { objects[0].weight = 17; });
    with([](Plan&, auto& objects) { objects[0].stratum = 2; });
    with([](Plan&, auto& objects) { objects[0].id.shard = 0; });
    with([](Plan&, auto& objects) { objects[4].id.leaf = std::uint64_t{1} << 53; });
    with([](Plan&, auto& objects) { std::swap(objects[2].barred[0], objects[2].barred[1]); });
    with([](Plan&, auto& objects) { objects[0].barred = {{1}}; });
}

TEST(DrawPlan, RefusesWhatNoPoolCanBeginWith) {
    Plan const good = read(joined(small_pool)).plan;
    auto const code_of = [&](auto change) -> std::string_view {
        Plan plan = good;
        change(plan);
        auto const checked = plan.check();
        return checked ? "" : checked.error().code;
    };
    namespace e = draw_error;
    EXPECT_EQ(code_of([](Plan&) {}), "");
    EXPECT_EQ(code_of([](Plan& p) { p.draw_id = "1"; }), e::bad_line);
    EXPECT_EQ(code_of([](Plan& p) { p.assign = 6; }), e::bad_number);
    EXPECT_EQ(code_of([](Plan& p) { p.dice = 3; }), e::bad_number);
    EXPECT_EQ(code_of([](Plan& p) { p.dice = 101; }), e::bad_number);
    EXPECT_EQ(code_of([](Plan& p) { p.dice = 0; }), "");
    EXPECT_EQ(code_of([](Plan& p) { p.beacon.reset(); }), "");
    EXPECT_EQ(code_of([](Plan& p) { p.dice = 0, p.beacon.reset(); }), e::no_public_input);
    EXPECT_EQ(code_of([](Plan& p) { p.beacon->source = "a b"; }), e::bad_line);
    EXPECT_EQ(code_of([](Plan& p) { p.beacon->round = std::uint64_t{1} << 53; }), e::bad_number);
    EXPECT_EQ(code_of([](Plan& p) { p.strata.clear(); }), e::too_large);
    EXPECT_EQ(code_of([](Plan& p) { p.strata.resize(1'001, p.strata[0]); }), e::too_large);
    EXPECT_EQ(code_of([](Plan& p) { p.strata[0].name = "a_b"; }), e::bad_line);
    EXPECT_EQ(code_of([](Plan& p) { p.strata[1].name = "key"; }), e::duplicate);
    EXPECT_EQ(code_of([](Plan& p) { p.strata[0].denominator = 0; }), e::bad_number);
    EXPECT_EQ(code_of([](Plan& p) { p.strata[0].objects = max_objects + 1; }), e::bad_number);
    EXPECT_EQ(code_of([](Plan& p) { p.strata[0].objects = p.strata[0].minimum = max_drawn; }), "");
    EXPECT_EQ(code_of([](Plan& p) { p.strata[0].objects = p.strata[0].minimum = max_drawn + 1; }),
              e::too_large);
    EXPECT_EQ(code_of([](Plan& p) {
                  for (auto& s : p.strata) s.objects = 0;
              }),
              e::empty_pool);
    EXPECT_EQ(code_of([](Plan& p) { std::swap(p.inspectors[0], p.inspectors[1]); }), e::out_of_order);
    EXPECT_EQ(code_of([](Plan& p) { p.inspectors[0] = p.inspectors[1]; }), e::out_of_order);
    EXPECT_EQ(code_of([](Plan& p) { p.inspectors.clear(); }), "");
}

}  // namespace
}  // namespace sponsio::crypto::draw

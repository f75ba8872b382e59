#include "crypto/draw/statement.hpp"
#include "crypto/tokens/jws.hpp"
#include "tests/unit/verify/world.hpp"

#include <algorithm>
#include <set>

namespace sponsio::verify::test {
namespace {

namespace draw = crypto::draw;
using crypto::Algorithm;
using crypto::KeySigner;
using crypto::PrivateKey;

/// A draw of version 2: of 200 objects in two strata by four inspectors.
class HiddenDraw : public testing::Test {
  protected:
    HiddenDraw() {
        plan_.key = crypto::sha256(as_bytes("a key"));
        said_.draw_id = plan_.draw_id;
        said_.objects = 200;
        said_.inspectors = 4;
        said_.seed = crypto::sha256(as_bytes("a seed"));
        said_.seed_commitment = draw::seed_commitment(said_.seed);
        said_.committed_at = "2026-03-02T01:00:06.5Z";
        said_.reveal_by = "2026-03-03T01:00:00Z";
        said_.public_input = "dice=3,5,1,6";
        said_.public_input_at = "2026-03-02T02:00:00Z";
        said_.revealed_at = "2026-03-02T02:00:01.25Z";
        write_pools();
        commit();
        publish();
    }

    static draw::Candidate object(std::uint64_t leaf) {
        return {.id = {1, leaf},
                .stratum = leaf < 50 ? 0U : 1U,
                .weight = static_cast<std::uint32_t>(leaf % 3 == 0 ? 16 : 1)};
    }

    static void each(std::function<void(draw::Candidate const&)> const& take) {
        for (std::uint64_t leaf = 0; leaf != 200; ++leaf) take(object(leaf));
    }

    void write_pools() {
        std::string text;
        draw::PoolWriter writer(plan_, [&](std::string_view piece) { text += piece; });
        each([&](draw::Candidate const& one) { writer.add(one); });
        full_digest_ = writer.finish();
        write_file(full_, text);
        std::string list;
        said_.pool_digest =
            draw::write_list(plan_, full_digest_, each, [&](std::string_view piece) { list += piece; });
        write_file(pool_, list);
    }

    void commit() {
        json::Object content = draw::committed_content(said_, plan_);
        content.add("salt", "c2FsdA");
        std::string const text = json::canonical(content);
        crypto::LogEntry const entry{"draw", said_.committed_at, crypto::sha256(as_bytes(text))};
        said_.committed_leaf = {1, 7, entry.text(), text};
    }

    void publish() {
        draw::Drawing drawing({said_.seed, said_.pool_digest, said_.public_input}, said_.recusals,
                              full_digest_);
        drawing.feed(read_file(full_)).value();
        drawn_ = drawing.finish().value();
        said_.repeats = draw::repeats_of(drawn_);
        write_statement();
    }

    void write_statement() {
        std::string const result = draw::result_text(plan_, drawn_);
        said_.result_digest = crypto::sha256(as_bytes(result));
        write_file(statement_,
                   said_.file(result, crypto::jws_sign(draw::statement_typ, said_.payload(), signer_)));
    }

    [[nodiscard]] Outcome check(std::vector<std::string> const& more = {}) const {
        std::vector<std::string> arguments{"draw", statement_, "--pool", pool_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_json(arguments);
    }

    [[nodiscard]] Outcome check_full() const { return check({"--full", full_}); }

    [[nodiscard]] draw::Opening opening(std::uint64_t leaf, std::string const& stratum) const {
        std::string const weight = std::to_string(object(leaf).weight);
        return draw::Hider(*plan_.key)
            .opening("object 1/" + std::to_string(leaf) + " " + stratum + " " + weight)
            .value();
    }

    [[nodiscard]] draw::InspectorRef seen(draw::Drawn const& one, draw::InspectorRef ref) const {
        return draw::Hider(*plan_.key).seen(one.name(), ref);
    }

    TempDir dir_;
    KeySigner signer_{PrivateKey::generate(Algorithm::es256)};
    draw::Plan plan_{.draw_id = "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b",
                     .assign = 2,
                     .dice = 4,
                     .strata = {{"key", 50, 1, 5, 0}, {"ordinary", 150, 1, 10, 5}},
                     .inspectors = {{1}, {2}, {3}, {4}}};
    draw::Statement said_;
    crypto::Digest full_digest_{};
    std::vector<draw::Drawn> drawn_;
    std::string const statement_ = dir_ / "draw.json";
    std::string const pool_ = dir_ / "draw-pool.txt";
    std::string const full_ = dir_ / "draw-full.txt";
    std::string const opening_ = dir_ / "opening";
};

TEST_F(HiddenDraw, ShowsEverybodyThatTheObjectsFollow) {
    EXPECT_FALSE(said_.repeats.empty());
    Outcome const outcome = check();
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "25 of 200 objects, by their lots, follow"));
    EXPECT_TRUE(tells(outcome, "not_proven", "who inspects each"));
    EXPECT_EQ(outcome.answer.at("drawn"), json::Value(25));
}

TEST_F(HiddenDraw, ShowsWhoMaySeeTheFullPoolThatTheInspectorsFollowToo) {
    for (int n = 0; n != 3; ++n) {  // one seat, until nobody is left
        said_.recusals.push_back({drawn_[0].name(), seen(drawn_[0], *drawn_[0].seats[0])});
        said_.revision += 1;
        publish();
    }
    Outcome const outcome = check_full();
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "and who inspects each, after 3 recusals, follow"));
    EXPECT_FALSE(tells(outcome, "not_proven", "who inspects each"));
    EXPECT_EQ(outcome.answer.at("empty_seats"), json::Value(1));
    expect_proven(check());
}

TEST_F(HiddenDraw, RefutesWhatEverybodyCanSee) {
    auto const drawn = drawn_;
    std::swap(drawn_[1], drawn_[2]);
    write_statement();
    expect_refuted(check(), "result_differs");
    drawn_ = drawn;
    drawn_.pop_back();
    write_statement();
    expect_refuted(check(), "result_differs");
    drawn_ = drawn;
    drawn_[3].seats.pop_back();
    write_statement();
    expect_refuted(check(), "result_differs");
    drawn_ = drawn;
    said_.repeats.clear();
    write_statement();
    expect_refuted(check(), "result_differs");
    publish();
    said_.recusals.push_back({std::string(64, 'a'), draw::InspectorRef{1}});
    write_statement();
    expect_refuted(check(), "not_seated");
    said_.recusals.clear();
    publish();
    std::string const pool = read_file(pool_);
    write_file(pool_, pool.substr(0, pool.size() - 65));
    expect_refuted(check(), "wrong_count");
    write_file(pool_, pool.substr(0, pool.size() - 65) + std::string(64, 'f') + "\n");
    expect_refuted(check(), "pool_changed");
    write_file(pool_, pool.substr(0, pool.size() / 2 + 3));
    expect_not_checked(check(), "bad_line_end");
    write_file(pool_, read_file(full_));
    expect_not_checked(check(), "bad_pool_line");
}

TEST_F(HiddenDraw, RefutesWhatOnlyTheFullPoolShows) {
    std::swap(drawn_[3].seats[0], drawn_[3].seats[1]);
    write_statement();
    expect_proven(check());
    expect_refuted(check_full(), "result_differs");
    publish();
    said_.repeats.push_back(crypto::sha256(as_bytes("of nobody")));
    std::ranges::sort(said_.repeats);
    write_statement();
    expect_proven(check());
    expect_refuted(check_full(), "result_differs");
    publish();
    replace_in(full_, "object 1/7 key 1", "object 1/7 key 2");
    expect_refuted(check_full(), "pool_changed");
    write_file(full_, "not a pool\n");
    expect_not_checked(check_full(), "bad_pool_line");
}

TEST_F(HiddenDraw, TellsWhoWasGivenTheOpeningWhatBecameOfIt) {
    std::set<bool> told;
    for (std::uint64_t leaf = 0; leaf < 200; leaf += 18) {
        draw::Opening const opening = this->opening(leaf, leaf < 50 ? "key" : "ordinary");
        write_file(opening_,
                   leaf % 2 == 0 ? opening.text() + "\n" : R"({"opening":")" + opening.text() + "\"}");
        Outcome const outcome = check({"--opening", opening_});
        expect_proven(outcome);
        bool const was = outcome.answer.at("opened_drawn").as_bool();
        EXPECT_TRUE(tells(outcome, "proven", was ? "and was drawn" : "and was not drawn"));
        auto const lots = draw::lots_of(opening.root(), opening.weight);
        EXPECT_EQ(was, std::ranges::any_of(drawn_,
                                           [&](draw::Drawn const& one) {
                                               return std::ranges::find(lots, one.lot) != lots.end();
                                           }))
            << leaf;
        told.insert(was);
    }
    EXPECT_EQ(told.size(), 2u) << "some were drawn, some were not";
    draw::Opening wrong = opening(7, "ordinary");
    write_file(opening_, wrong.text());
    expect_refuted(check({"--opening", opening_}), "not_opened");
    wrong = opening(7, "key");
    wrong.weight = 2;
    write_file(opening_, wrong.text());
    expect_refuted(check({"--opening", opening_}), "not_opened");
    write_file(opening_, "1/7");
    expect_not_checked(check({"--opening", opening_}), "bad_opening");
}

}  // namespace
}  // namespace sponsio::verify::test

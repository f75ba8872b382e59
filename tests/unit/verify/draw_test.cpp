#include "crypto/draw/statement.hpp"
#include "crypto/tokens/jws.hpp"
#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

namespace draw = crypto::draw;
using crypto::Algorithm;
using crypto::KeySigner;
using crypto::PrivateKey;
using json::Object;
using json::Value;

/// A draw of version 1: of 200 objects in two strata by four inspectors, committed to in a log and revealed.
class DrawCommand : public testing::Test {
  protected:
    DrawCommand() : log_(dir_ / "log") {
        log_.fill(300);
        write_pool();
        said_.version = 1;
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
        commit();
        write_file(jwks_, json::write(crypto::Jwks({{signer_.kid(), signer_.public_key()}}).to_json()));
        publish();
    }

    void write_pool() {
        std::string text;
        draw::PoolWriter writer(plan_, [&](std::string_view piece) { text += piece; });
        for (std::uint64_t leaf = 0; leaf != 200; ++leaf)
            writer.add({.id = {1, leaf},
                        .stratum = leaf < 50 ? 0U : 1U,
                        .weight = static_cast<std::uint32_t>(1 + leaf % 3)});
        said_.pool_digest = writer.finish();
        write_file(pool_, text);
    }

    void commit() {
        Object content = draw::committed_content(said_, plan_);
        content.add("salt", "c2FsdA");
        std::string const text = json::canonical(content);
        crypto::LogEntry const entry{"draw", said_.committed_at, crypto::sha256(as_bytes(text))};
        said_.committed_leaf = {1, log_.add(entry), entry.text(), text};
        write_file(proof_, log_.proof(said_.committed_leaf.leaf_index));
        write_file(entry_, entry.text());
    }

    /// Draws, signs and writes the statement.
    void publish() {
        draw::Drawing drawing({said_.seed, said_.pool_digest, said_.public_input}, said_.recusals);
        drawing.feed(read_file(pool_)).value();
        drawn_ = drawing.finish().value();
        write_statement(draw::result_text(plan_, drawn_));
    }

    void write_statement(std::string const& result) {
        said_.result_digest = crypto::sha256(as_bytes(result));
        write_file(statement_,
                   said_.file(result, crypto::jws_sign(draw::statement_typ, said_.payload(), signer_)));
    }

    [[nodiscard]] Outcome check(std::vector<std::string> const& more = {}) const {
        std::vector<std::string> arguments{"draw", statement_, "--pool", pool_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_json(arguments);
    }

    [[nodiscard]] Outcome check_signed() const { return check({"--jwks", jwks_}); }

    [[nodiscard]] Outcome check_logged(std::string const& vkey) const {
        return check({"--proof", proof_, "--vkey", vkey});
    }

    TempDir dir_;
    TestLog log_;
    KeySigner signer_{PrivateKey::generate(Algorithm::es256)};
    draw::Plan plan_{.draw_id = "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b",
                     .assign = 2,
                     .dice = 4,
                     .strata = {{"key", 50, 1, 5, 0}, {"ordinary", 150, 1, 100, 5}},
                     .inspectors = {{1}, {2}, {3}, {4}}};
    draw::Statement said_;
    std::vector<draw::Drawn> drawn_;
    std::string const statement_ = dir_ / "draw.json";
    std::string const pool_ = dir_ / "draw-pool.txt";
    std::string const jwks_ = dir_ / "jwks.json";
    std::string const proof_ = dir_ / "draw.tlog-proof";
    std::string const entry_ = dir_ / "draw.entry";
};

TEST_F(DrawCommand, ShowsThatTheResultFollows) {
    Outcome const outcome = check();
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "15 of 200 objects"));
    EXPECT_TRUE(tells(outcome, "proven", "after 0 recusals"));
    EXPECT_TRUE(tells(outcome, "proven", "'dice=3,5,1,6'"));
    EXPECT_TRUE(tells(outcome, "not_proven", "who signed it"));
    EXPECT_TRUE(tells(outcome, "not_proven", "fixed before the public input"));
    EXPECT_TRUE(tells(outcome, "not_proven", "what the dice or the beacon showed"));
    EXPECT_TRUE(tells(outcome, "not_proven", "that the pool held everything"));
    EXPECT_EQ(outcome.answer.at("drawn"), Value(15));
    EXPECT_EQ(outcome.answer.at("empty_seats"), Value(0));
    EXPECT_EQ(outcome.answer.at("revision"), Value(1));
    EXPECT_EQ(outcome.answer.at("draw_id").as_string(), said_.draw_id);
}

TEST_F(DrawCommand, ShowsSignatureAndPlaceInTheLog) {
    Outcome const outcome =
        check({"--jwks", jwks_, "--proof", proof_, "--entry", entry_, "--vkey", log_.vkey()});
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", signer_.kid()));
    EXPECT_TRUE(tells(outcome, "proven", "the committed leaf is entry 300 of the 301"));
    EXPECT_TRUE(tells(outcome, "proven", "2026-03-02T01:00:06.5Z"));
    EXPECT_FALSE(tells(outcome, "not_proven", "who signed it"));
    EXPECT_TRUE(tells(outcome, "not_proven", "that the key set is the issuer's"));
    EXPECT_TRUE(tells(outcome, "not_proven", "but for the log's word"));
    EXPECT_EQ(outcome.answer.at("kid").as_string(), signer_.kid());
}

TEST_F(DrawCommand, FollowsRecusalsAndTellsOfEmptySeats) {
    for (int n = 0; n != 3; ++n) {  // one seat, until nobody is left
        said_.recusals.push_back({drawn_[0].name(), *drawn_[0].seats[0]});
        said_.revision += 1;
        publish();
    }
    Outcome const outcome = check_signed();
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "after 3 recusals"));
    EXPECT_TRUE(tells(outcome, "proven", "seats that nobody was left for: 1"));
    EXPECT_EQ(outcome.answer.at("empty_seats"), Value(1));
}

TEST_F(DrawCommand, TellsOfSeatsThatWereReassigned) {
    said_.reassigned = {{drawn_[3].name(), 2, drawn_[3].seats[1]}, {drawn_[4].name(), 1, std::nullopt}};
    publish();
    Outcome const outcome = check_signed();
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "a supervisor gave a seat to somebody without chance, 2 times"));
    EXPECT_EQ(outcome.answer.at("reassigned"), Value(2));
    said_.reassigned = {{drawn_[3].name(), 3, std::nullopt}};
    publish();
    expect_refuted(check(), "result_differs");
    said_.reassigned = {{"2/7", 1, std::nullopt}};
    publish();
    expect_refuted(check(), "result_differs");
}

TEST_F(DrawCommand, TellsThatItWasRevealedLate) {
    EXPECT_FALSE(tells(check(), "proven", "later than it had promised"));
    said_.revealed_at = "2026-03-03T01:00:00.000001Z";
    publish();
    EXPECT_TRUE(tells(check(), "proven", "later than it had promised (2026-03-03T01:00:00Z)"));
}

TEST_F(DrawCommand, RefutesAChangedResult) {
    auto const with_result = [&](auto change) {
        auto drawn = drawn_;
        change(drawn);
        write_statement(draw::result_text(plan_, drawn));
        return check_signed();
    };
    Outcome const swapped = with_result([](auto& drawn) { std::swap(drawn[1], drawn[2]); });
    expect_refuted(swapped, "result_differs");
    EXPECT_NE(swapped.answer.at("error").as_string().find("member 1 does not follow"), std::string::npos);
    EXPECT_NE(swapped.answer.at("error").as_string().find(drawn_[1].id.text()), std::string::npos);
    expect_refuted(with_result([](auto& drawn) { drawn.pop_back(); }), "result_differs");
    expect_refuted(with_result([](auto& drawn) { drawn.push_back(drawn.back()); }), "result_differs");
    expect_refuted(with_result([](auto& drawn) { std::swap(drawn[3].seats[0], drawn[3].seats[1]); }),
                   "result_differs");
    expect_refuted(with_result([](auto& drawn) { drawn[3].seats[1].reset(); }), "result_differs");
    expect_refuted(with_result([](auto& drawn) { drawn[3].ticket[31] ^= 1; }), "result_differs");
    expect_proven(with_result([](auto&) {}));
    said_.result_digest[0] ^= 1;
    write_file(statement_, said_.file(draw::result_text(plan_, drawn_),
                                      crypto::jws_sign(draw::statement_typ, said_.payload(), signer_)));
    expect_refuted(check(), "result_differs");
}

TEST_F(DrawCommand, RefutesAnotherPool) {
    std::string const pool = read_file(pool_);
    replace_in(pool_, "object 1/7 key 2", "object 1/7 key 3");
    expect_refuted(check(), "pool_changed");
    write_file(pool_, replaced(pool, "object 1/7 key 2", "object 1/7 key 17"));
    Outcome const refused = check();
    expect_refuted(refused, "bad_weight");
    EXPECT_NE(refused.answer.at("error").as_string().find("line 18"), std::string::npos);
    for (std::string const& on_the_way :
         {pool.substr(0, pool.size() - 1), pool.substr(0, pool.size() / 2 + 3),
          replaced(pool, "\n", "\r\n")}) {
        write_file(pool_, on_the_way);
        expect_not_checked(check(), "bad_line_end");
    }
    write_file(pool_, "<html><body>502 Bad Gateway</body></html>\n");
    expect_not_checked(check(), "bad_pool_line");
    write_file(pool_, pool);
    expect_proven(check());
    said_.objects = 201;
    publish();
    expect_refuted(check(), "pool_differs");
}

TEST_F(DrawCommand, RefutesWhatTheLeafDidNotPromise) {
    std::string const content = said_.committed_leaf.content;
    said_.committed_leaf.content += " ";
    publish();
    expect_refuted(check(), "leaf_differs");
    said_.committed_leaf.content = content;
    said_.reveal_by = "2026-03-04T01:00:00Z";
    publish();
    expect_refuted(check(), "leaf_differs");
    said_.reveal_by = "2026-03-03T01:00:00Z";
    said_.committed_at = "2026-03-02T01:00:05Z";
    publish();
    expect_refuted(check(), "leaf_differs");
}

TEST_F(DrawCommand, RefutesAnotherSeedInputOrOrder) {
    draw::Statement const good = said_;
    said_.seed[5] ^= 1;
    publish();
    expect_refuted(check(), "seed_differs");
    said_ = good;
    write_statement(draw::result_text(plan_, drawn_));
    replace_in(statement_, "dice=3,5,1,6", "dice=3,5,1,5");
    expect_refuted(check(), "result_differs");
    write_statement(draw::result_text(plan_, drawn_));
    replace_in(statement_, "dice=3,5,1,6", "dice=3,5,1,6,6");
    expect_refuted(check(), "bad_public_input");
    said_.public_input_at = "2026-03-02T01:00:06.49Z";
    publish();
    expect_refuted(check(), "wrong_order");
    said_.public_input_at = "2026-03-02T02:00:01.2501Z";
    publish();
    expect_refuted(check(), "wrong_order");
    said_.public_input_at = said_.committed_at;
    publish();
    expect_proven(check());
}

TEST_F(DrawCommand, RefutesAForeignSignature) {
    replace_in(statement_, "\"revealed_at\":\"2026-03-02T02:00:01", "\"revealed_at\":\"2026-03-02T02:00:02");
    expect_refuted(check(), "payload_differs");
    publish();
    KeySigner const thief(PrivateKey::generate(Algorithm::es256), signer_.kid());
    write_file(statement_, said_.file(draw::result_text(plan_, drawn_),
                                      crypto::jws_sign(draw::statement_typ, said_.payload(), thief)));
    expect_proven(check());
    expect_refuted(check_signed(), "bad_signature");
    write_file(jwks_, "{\"keys\":[]}");
    expect_not_checked(check_signed(), "unknown_key");
    write_file(jwks_, "{}");
    expect_not_checked(check_signed(), "bad_key_set");
}

TEST_F(DrawCommand, RefutesAKeyThatWasNotInUse) {
    auto const revealed = std::chrono::sys_seconds(std::chrono::seconds(1'772'416'801));
    auto const from = [&](std::chrono::sys_seconds first) {
        write_file(jwks_,
                   json::write(crypto::Jwks({{signer_.kid(), signer_.public_key(), first}}).to_json()));
        return check_signed();
    };
    expect_proven(from(revealed));
    expect_refuted(from(revealed + std::chrono::seconds(1)), "key_not_in_use");
    said_.revision = 2;
    publish();
    expect_proven(check_signed());
}

TEST_F(DrawCommand, RefutesAnotherPlaceInTheLog) {
    expect_proven(check_logged(log_.vkey()));
    expect_not_checked(check_logged(TestLog::foreign_vkey()), "not_signed");
    write_file(proof_, log_.proof(299));
    expect_refuted(check_logged(log_.vkey()), "not_included");
    write_file(proof_, log_.proof(300));
    write_file(entry_, log_.entry(299));
    expect_refuted(check({"--proof", proof_, "--vkey", log_.vkey(), "--entry", entry_}), "another_entry");
    said_.committed_leaf.leaf_index = 299;
    publish();
    expect_refuted(check_logged(log_.vkey()), "another_entry");
}

TEST_F(DrawCommand, SaysWhatIsMissing) {
    expect_not_checked(check({"--proof", proof_}), "incomplete");
    expect_not_checked(check({"--vkey", log_.vkey()}), "incomplete");
    expect_not_checked(check({"--entry", entry_}), "incomplete");
    expect_not_checked(check({"--full", pool_}), "incomplete");
    expect_not_checked(check({"--opening", pool_}), "incomplete");
    expect_not_checked(run_json({"draw", statement_}), "usage");
    expect_not_checked(run_json({"draw", statement_, "--pool", dir_ / "none"}), "no_file");
    expect_not_checked(run_json({"draw", dir_ / "none", "--pool", pool_}), "no_file");
    expect_not_checked(run_json({"draw", pool_, "--pool", pool_}), "syntax");
    expect_not_checked(run_json({"draw", statement_, "--pool", statement_}), "bad_pool_line");
    expect_not_checked_in_place_of(statement_, [&] { return check(); });
    expect_not_checked_in_place_of(jwks_, [&] { return check_signed(); });
    expect_not_checked_in_place_of(proof_, [&] { return check_logged(log_.vkey()); });
}

TEST_F(DrawCommand, SpeaksChinese) {
    Outcome const good = run_plain({"draw", statement_, "--pool", pool_, "--lang", "zh-CN"});
    EXPECT_EQ(good.code, 0);
    EXPECT_NE(good.out.find("已证明：抽取 " + said_.draw_id + " 只能得出这一结果"), std::string::npos);
    EXPECT_NE(good.out.find("从 200 个对象中抽中 15 个"), std::string::npos);
    replace_in(pool_, "object 1/7 key 2", "object 1/7 key 3");
    Outcome const bad = run_plain({"draw", statement_, "--pool", pool_}, "zh_CN.UTF-8");
    EXPECT_EQ(bad.code, 1);
    EXPECT_EQ(bad.err, "不成立：不能由该抽取池重新抽取：抽取池不是事先固定的那一个。\n");
}

}  // namespace
}  // namespace sponsio::verify::test

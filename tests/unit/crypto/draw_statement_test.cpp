#include "crypto/draw/statement.hpp"
#include "crypto/keys/signer.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/tokens/jws.hpp"
#include "tests/unit/crypto/draw_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sponsio::crypto::draw {
namespace {

using test::golden;

/// Drawn by other software: tests/e2e/sponsio_e2e/draws.py.
class Golden : public testing::Test {
  protected:
    [[nodiscard]] Result<std::vector<Drawn>> draw_again(std::string_view pool, std::size_t piece = SIZE_MAX) {
        Statement const& said = file_.said;
        drawing_.emplace(Drawing({said.seed, said.pool_digest, said.public_input}, said.recusals));
        while (!pool.empty()) {
            std::size_t const length = std::min(piece, pool.size());
            if (auto const good = drawing_->feed(pool.substr(0, length)); !good) return good.error();
            pool.remove_prefix(length);
        }
        return drawing_->finish();
    }

    std::string const text_ = golden("draw/draw.json") + "\n";
    std::string const pool_ = golden("draw/draw-pool.txt") + "\n";
    StatementFile file_ = StatementFile::parse(text_).value();
    std::optional<Drawing> drawing_;
};

TEST_F(Golden, IsDrawnAgainToTheSameBytes) {
    for (std::size_t const piece : {std::size_t{1}, std::size_t{100}, SIZE_MAX}) {
        auto const drawn = draw_again(pool_, piece).value();
        std::string const result = result_text(drawing_->plan(), drawn);
        EXPECT_EQ(result, json::canonical(file_.result));
        EXPECT_EQ(sha256(as_bytes(result)), file_.said.result_digest);
        EXPECT_EQ(file_.said.file(result, file_.jws), text_);
        EXPECT_EQ(row_text(drawing_->plan(), drawn.back()), json::canonical(file_.result.as_array().back()));
    }
    EXPECT_EQ(file_.said.recusals.size(), 3U);
    EXPECT_EQ(seed_commitment(file_.said.seed), file_.said.seed_commitment);
    EXPECT_NE(text_.find(R"("inspectors":[null,null])"), std::string::npos);
}

TEST_F(Golden, IsSignedByOtherSoftware) {
    auto const keys = Jwks::parse(golden("draw/jwks.json")).value();
    EXPECT_EQ(verify_signature(file_, keys.resolver()).value(), "draw-test");
    EXPECT_EQ(verify_signature(file_, Jwks().resolver()).error().code, jws_error::unknown_key);
    file_.said.revision = 3;
    EXPECT_EQ(verify_signature(file_, keys.resolver()).error().code, draw_error::payload_differs);
    EXPECT_EQ(check_payload(file_).error().code, draw_error::payload_differs);
    file_.jws.pop_back();
    EXPECT_EQ(check_payload(file_).error().code, jws_error::malformed);
}

TEST_F(Golden, IsOfNoOtherPoolInputOrRecusal) {
    std::string other = pool_;
    other.replace(other.find(" 1/5 3"), 6, " 1/5 4");
    EXPECT_EQ(draw_again(other).error().code, draw_error::pool_changed);
    other.pop_back();
    EXPECT_EQ(draw_again(other).error().code, draw_error::line_end);
    Statement const said = file_.said;
    file_.said.public_input = "dice=3,5,1,6,6,2";
    EXPECT_EQ(draw_again(pool_).error().code, draw_error::bad_public_input);
    file_.said = said;
    file_.said.recusals.push_back({"1/1", file_.said.recusals[0].inspector});
    EXPECT_EQ(draw_again(pool_).error().code, draw_error::not_seated) << "an object that was not drawn";
    file_.said = said;
    std::swap(file_.said.recusals[0], file_.said.recusals[1]);
    EXPECT_EQ(draw_again(pool_).error().code, draw_error::not_seated) << "in another order";
    file_.said = said;
    file_.said.seed[0] ^= 1;
    file_.said.recusals.clear();
    auto const drawn = draw_again(pool_).value();
    EXPECT_NE(result_text(drawing_->plan(), drawn), json::canonical(file_.result));
}

TEST_F(Golden, NamesTheLeafItWasCommittedToBy) {
    ASSERT_TRUE(draw_again(pool_));
    Plan const& plan = drawing_->plan();
    EXPECT_TRUE(check_committed(file_.said, plan));
    auto const refused = [&](auto change) {
        Statement said = file_.said;
        change(said);
        auto const checked = check_committed(said, plan);
        return checked ? std::string() : std::string(checked.error().where);
    };
    /// With the entry that the content asks for.
    auto const with_content = [](Statement& said, std::string_view was, std::string_view now) {
        std::string& content = said.committed_leaf.content;
        content.replace(content.find(was), was.size(), now);
        said.committed_leaf.entry = LogEntry{"draw", said.committed_at, sha256(as_bytes(content))}.text();
    };
    std::string const entry = "/committed_leaf/entry", content = "/committed_leaf/content";
    EXPECT_EQ(refused([](Statement& s) { s.committed_at = "2026-03-02T01:00:06.547937Z"; }), entry);
    EXPECT_EQ(refused([](Statement& s) { s.committed_leaf.entry += "\n"; }), entry);
    EXPECT_EQ(refused([](Statement& s) {
                  s.committed_leaf.entry =
                      LogEntry{"key", s.committed_at, sha256(as_bytes(s.committed_leaf.content))}.text();
              }),
              entry);
    EXPECT_EQ(refused([](Statement& s) { s.committed_leaf.content += " "; }), content);
    EXPECT_EQ(refused([](Statement& s) { s.reveal_by = "2026-03-04T01:00:00Z"; }), content);
    EXPECT_EQ(refused([](Statement& s) { s.seed_commitment[0] ^= 1; }), content);
    EXPECT_EQ(refused([](Statement& s) { s.pool_digest[0] ^= 1; }), content);
    EXPECT_EQ(refused([](Statement& s) { s.draw_id[0] = '1'; }), content);
    EXPECT_EQ(refused([&](Statement& s) { with_content(s, "salt", "SALT"); }), content);
    EXPECT_EQ(refused([&](Statement& s) { with_content(s, "dice 6", "dice 7"); }), content);
    EXPECT_EQ(refused([&](Statement& s) { with_content(s, "\"committed\"", "\"revealed\""); }), content);
    EXPECT_EQ(refused([&](Statement& s) { with_content(s, "{", "{\"more\":1,"); }), content);
    EXPECT_EQ(refused([&](Statement& s) { with_content(s, "{", "["); }), content);
    EXPECT_EQ(refused([&](Statement& s) { with_content(s, "c2FsdCBv", "c2FsdCBw"); }), "") << "any salt";
}

TEST_F(Golden, SaysWhichSeatsWereReassignedAndOnlyThen) {
    EXPECT_EQ(text_.find("reassigned"), std::string::npos);
    std::string const result = json::canonical(file_.result);
    file_.said.reassigned = {{"1/4", 2, InspectorRef{7}}, {"1/4", 1, std::nullopt}};
    std::string const text = file_.said.file(result, file_.jws);
    std::string const written = R"("reassigned":[{"inspector":"0000000000000007","object":"1/4","seat":2},)"
                                R"({"inspector":null,"object":"1/4","seat":1}])";
    EXPECT_NE(text.find(written), std::string::npos);
    EXPECT_NE(file_.said.payload().find(written), std::string::npos) << "it is signed";
    EXPECT_EQ(StatementFile::parse(text).value().said, file_.said);

    auto const refused = [&](std::string const& now) {
        std::string changed = text;
        changed.replace(changed.find(written), written.size(), now);
        auto const parsed = StatementFile::parse(changed);
        return parsed ? std::string("taken") : std::string(parsed.error().code) + " " + parsed.error().where;
    };
    EXPECT_EQ(refused(R"("reassigned":[])"), "malformed_draw /reassigned");
    for (char const* const one :
         {R"({"inspector":null,"object":"1/4","seat":0})", R"({"inspector":null,"object":"1/4","seat":6})",
          R"({"inspector":"7","object":"1/4","seat":1})", R"({"inspector":null,"object":"4","seat":1})"})
        EXPECT_EQ(refused(std::string(R"("reassigned":[)") + one + "]"), "malformed_draw /reassigned/0")
            << one;
    EXPECT_EQ(refused(R"("reassigned":[{"object":"1/4","seat":1}])"),
              "malformed_draw /reassigned/0/inspector");
}

TEST_F(Golden, HasNoOtherForm) {
    auto const refused = [&](std::string_view was, std::string_view now) {
        std::string text = text_;
        auto const at = text.find(was);
        EXPECT_NE(at, std::string::npos) << was;
        text.replace(at, was.size(), now);
        auto const parsed = StatementFile::parse(text);
        return parsed ? std::string("taken") : std::string(parsed.error().code) + " " + parsed.error().where;
    };
    EXPECT_EQ(refused("sponsio-draw/v1", "sponsio-draw/v1"), "taken");
    EXPECT_EQ(refused("sponsio-draw/v1", "sponsio-draw/v2"), "malformed_draw /recusals/0") << "other names";
    EXPECT_EQ(refused("sponsio-draw/v1", "sponsio-draw/v3"), "malformed_draw /algorithm");
    EXPECT_EQ(refused("{\"algorithm\"", "{ \"algorithm\""), "malformed_draw ");
    EXPECT_EQ(refused("}\n", "}\n\n"), "malformed_draw ");
    EXPECT_EQ(refused("}\n", "}"), "taken") << "the last line feed";
    EXPECT_EQ(refused("\"algorithm\":\"sponsio-draw/v1\",", ""), "malformed_draw /algorithm");
    EXPECT_EQ(refused("{\"algorithm\"", "{\"a\":1,\"algorithm\""), "malformed_draw ");
    EXPECT_EQ(refused("\"revision\":2", "\"revision\":0"), "malformed_draw /revision");
    EXPECT_EQ(refused("\"revision\":2", "\"revision\":\"2\""), "malformed_draw /revision");
    EXPECT_EQ(refused("\"reveal_by\":\"2026-03-03", "\"reveal_by\":\"2026-02-29"),
              "malformed_draw /reveal_by");
    EXPECT_EQ(refused("\"committed_at\":\"", "\"committed_at\":\"x"), "malformed_draw /committed_at");
    EXPECT_EQ(refused("\"leaf_index\":12", "\"leaf_index\":-1"), "malformed_draw /committed_leaf/leaf_index");
    EXPECT_EQ(refused("\"inspectors\":5,", ""), "malformed_draw /pool/inspectors");
    EXPECT_EQ(refused("\"inspectors\":5,", "\"inspectors\":5,\"more\":1,"), "malformed_draw /pool");
    EXPECT_EQ(refused("\"recusals\":[", "\"recusals\":[1,"), "malformed_draw /recusals/0");
    EXPECT_EQ(refused("\"object\":\"1/", "\"object\":\"x/"), "malformed_draw /recusals/0");
    EXPECT_EQ(refused("\"seed\":\"", "\"seed\":\"0"), "malformed_draw /seed");
    EXPECT_EQ(refused("\"seed\":\"" + to_hex(file_.said.seed), "\"seed\":\"" + std::string(64, 'A')),
              "malformed_draw /seed");
    EXPECT_EQ(refused("\"result\":[", "\"result\":1.5,\"x\":["), "number_not_integer /result");
    EXPECT_EQ(StatementFile::parse("[]").error().code, draw_error::malformed);
    EXPECT_EQ(StatementFile::parse("").error().code, json::error::syntax);
}

TEST(Statement, SignsAndReadsBack) {
    Plan const plan = plan_of({{"s", 1, 1, 1, 0}});
    KeySigner const signer(PrivateKey::generate(Algorithm::es256));
    std::vector<Drawn> const drawn{
        {.id = {1, 2}, .ticket = numbered(3), .seats = {plan.inspectors[0], std::nullopt}}};
    std::string const result = result_text(plan, drawn);
    EXPECT_EQ(result, R"([{"inspectors":["0100000000000001",null],"object":"1/2","stratum":"s","ticket":")" +
                          std::string(63, '0') + R"(3"}])");
    Statement const said{.version = 1,
                         .draw_id = plan.draw_id,
                         .pool_digest = numbered(1),
                         .objects = 1,
                         .inspectors = 4,
                         .seed_commitment = numbered(2),
                         .committed_at = "2026-03-02T01:00:06Z",
                         .committed_leaf = {1, 2, "entry", "{\"content\":\"承诺\"}"},
                         .reveal_by = "2026-03-02T01:00:07.5Z",
                         .public_input = "dice=1,2,3,4",
                         .public_input_at = "2026-03-02T01:00:07Z",
                         .seed = numbered(5),
                         .revealed_at = "2026-03-02T01:00:08Z",
                         .revision = 2,
                         .recusals = {{"1/2", plan.inspectors[3]}},
                         .result_digest = sha256(as_bytes(result))};
    std::string const text = said.file(result, jws_sign(statement_typ, said.payload(), signer));
    EXPECT_EQ(text, json::canonical(json::parse(text).value()) + "\n");
    auto const file = StatementFile::parse(text).value();
    EXPECT_EQ(file.said, said);
    EXPECT_EQ(json::canonical(file.result), result);
    KeyResolver const keys = [&](std::string_view) { return std::optional(signer.public_key()); };
    EXPECT_EQ(verify_signature(file, keys).value(), signer.kid());

    auto const with_jws = [&](std::string const& jws) {
        return verify_signature(StatementFile::parse(said.file(result, jws)).value(), keys).error().code;
    };
    EXPECT_EQ(with_jws(jws_sign("dc+sd-jwt", said.payload(), signer)), jws_error::wrong_type);
    EXPECT_EQ(with_jws(jws_sign(statement_typ, "{}", signer)), draw_error::payload_differs);
    KeySigner const ed25519(PrivateKey::generate(Algorithm::ed25519), signer.kid());
    EXPECT_EQ(with_jws(jws_sign(statement_typ, said.payload(), ed25519)), jws_error::algorithm);
    KeySigner const thief(PrivateKey::generate(Algorithm::es256), signer.kid());
    EXPECT_EQ(with_jws(jws_sign(statement_typ, said.payload(), thief)), jws_error::bad_signature);
}

TEST(Statement, SaysInTheLogWhatWasRevealedOrDied) {
    Statement said;
    said.draw_id = "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b";
    said.public_input = "dice=1,2,3,4";
    std::string const zeros(64, '0');
    EXPECT_EQ(
        json::canonical(revealed_content(said)),
        R"({"draw_id":"0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b","public_input":"dice=1,2,3,4","result_digest":")" +
            zeros + R"(","revision":1,"seed":")" + zeros + R"(","stage":"revealed"})");
    EXPECT_EQ(json::canonical(void_content("x", "pool_changed")),
              R"({"draw_id":"x","stage":"void","why":"pool_changed"})");
}

}  // namespace
}  // namespace sponsio::crypto::draw
